import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { selectClientLimit, threadClientLimit } from '../../src/servers/limits.ts';
import { RLIMIT_NOFILE, softLimit } from '../../src/sockets/native.ts';
import { DEADLINE_MS } from '../support/deadline.ts';
import { unlessLinux } from '../support/installed.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/client-limits.ts', import.meta.url));

/** Measured, of a worker thread. */
const MAPS_OF_A_THREAD = 37;

/** The limits of a process that may open so many descriptors. */
function limitsWithDescriptors(count: number): { select: number; thread: number } {
  const command = `ulimit -n ${count} && exec "$0" --import tsx "$1"`;
  const words = ['-c', command, process.execPath, FIXTURE];
  return JSON.parse(execFileSync('sh', words, { encoding: 'utf8', timeout: DEADLINE_MS }));
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

  test('never more than the machine allows, however many are wanted', { skip: unlessLinux }, () => {
    assert(selectClientLimit(1_000_000) < softLimit(RLIMIT_NOFILE));
    const maps = Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'));
    assert(threadClientLimit(1_000_000) * MAPS_OF_A_THREAD < maps);
  });
});
