/**
 * A reporter for node:test that writes the tests that failed, one JSON object per line: for
 * repeat-tests.ts, which counts them over many runs. The suites around a failed test are left out,
 * because they fail only for what is in them. It is JavaScript because Node loads it without tsx.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param {AsyncIterable<import('node:test/reporters').TestEvent>} events */
export default async function* failedTests(events) {
  /** Those that enclose the next event, outermost first. */
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, names.length, data.name);
    if (type !== 'test:fail') continue;
    if (data.details.error.failureType === 'subtestsFailed') continue;
    // With the suites it is in: `server1 > in one process > passes …`.
    const name = [...names.slice(0, data.nesting), data.name].join(' > ');
    yield `${JSON.stringify({ file: pathOf(data.file), name })}\n`;
  }
}

/** As it is named in the project; a file that is loaded by tsx may be named by its URL. */
function pathOf(file) {
  if (file === undefined) return 'unknown file';
  return relative('.', file.startsWith('file:') ? fileURLToPath(file) : file);
}
