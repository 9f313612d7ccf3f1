/**
 * A copy of the built calcd in which constants have other values: what takes seconds or thousands of
 * clients can be shown quickly, and what must happen within a time can be shown without haste.
 */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './calcd.ts';
import type { Ending } from './scope.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * @param bundle the file of `dist/` that has the constants, for example `server2.js`.
 * @returns its cli.js, which ends with the test.
 */
export function patched(test: Ending, bundle: string, constants: Record<string, number>): string {
  const copy = temporaryFolder(test);
  const root = join(CLI, '../..');
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = join(copy, 'dist', bundle);
  let source = readFileSync(file, 'utf8');
  for (const [name, value] of Object.entries(constants)) {
    const changed = source.replace(new RegExp(`(?<=\\b${name} = )[\\w.]+`), String(value));
    assert.notEqual(changed, source, `${bundle} has no ${name}`);
    source = changed;
  }
  writeFileSync(file, source);
  return join(copy, 'dist/cli.js');
}

/**
 * A client that waits for a greeting for two seconds: the usual 50 ms may pass on a busy machine before
 * a server has got its turn. For servers that greet, or that refuse.
 */
export function withPatienceForGreetings(test: Ending): string {
  return patched(test, 'chat/client-command.js', { GREETING_MS: 2000 });
}

/** Time enough to deliver what is due on any machine: a server that needs it all is waited for in vain. */
const LONG_GRACE_MS = 600_000;

/** A server whose grace never ends: it stops because all is delivered, and for no other reason. */
export function withLongGrace(test: Ending, name: string): string {
  return patched(test, `${name}.js`, { GRACE_MS: LONG_GRACE_MS });
}
