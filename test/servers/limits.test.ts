import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { selectClientLimit, threadClientLimit } from '../../src/servers/limits.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/client-limits.ts', import.meta.url));

/** The limits of a process that may open so many descriptors. */
function limitsWithDescriptors(count: number): { select: number; thread: number } {
  const command = `ulimit -n ${count} && exec "$0" --import tsx "$1"`;
  const words = ['-c', command, process.execPath, FIXTURE];
  return JSON.parse(execFileSync('sh', words, { encoding: 'utf8', timeout: 10_000 }));
}

describe('how many clients may be served', () => {
  test('whole numbers, at least one, at most those designed for', () => {
    for (const [limit, most] of [
      [selectClientLimit(), 10_000],
      [threadClientLimit(), 256],
    ] as const) {
      assert(Number.isInteger(limit) && limit >= 1 && limit <= most, `${limit}`);
    }
  });

  test('fewer where the system allows few descriptors', () => {
    const { select, thread } = limitsWithDescriptors(100);
    assert.equal(select, 60);
    assert(thread >= 1 && thread <= 60);
  });
});
