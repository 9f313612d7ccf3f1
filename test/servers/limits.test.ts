import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { selectClientLimit, threadBudget } from '../../src/serving/limits.ts';
import { RLIMIT_NOFILE } from '../../src/sockets/constants.ts';
import { system } from '../../src/sockets/system-calls.ts';
import { DEADLINE_MS } from '../support/deadline.ts';
import { unlessLinux } from '../support/installed.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/client-limits.ts', import.meta.url));

/** Measured, of a worker thread whose client floods it, and of one that has ended. */
const MAPS_OF_A_THREAD = 51;
const MIB_OF_A_THREAD = 11;
const MAPS_OF_AN_ENDED_THREAD = 3;
const MIB_OF_AN_ENDED_THREAD = 60 / 1024;

/** Measured, of a thread where tsx runs the source. */
const DESCRIPTORS_OF_A_TSX_THREAD = 11;
const MAPS_OF_A_TSX_THREAD = 141;
const MIB_OF_A_TSX_THREAD = 32;

const MIB = 1024 * 1024;
const plenty = { descriptors: 100_000, processes: 100_000, maps: 1_000_000, memory: 64_000 * MIB };

/** The limits of a process that may open this number of descriptors. */
function limitsWithDescriptors(count: number): { select: number; thread: number } {
  const command = `ulimit -n ${count} && exec "$0" --import tsx "$1"`;
  const words = ['-c', command, process.execPath, FIXTURE];
  return JSON.parse(execFileSync('sh', words, { encoding: 'utf8', timeout: DEADLINE_MS }));
}

describe('how many clients may be served', () => {
  test('whole numbers, at least one, at most those designed for', () => {
    for (const [limit, most] of [
      [selectClientLimit(), 10_000],
      [threadBudget().clients, 256],
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
    assert(selectClientLimit(1_000_000) < system.softLimit(RLIMIT_NOFILE));
    const maps = Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'));
    assert(threadBudget(1_000_000).threads * MAPS_OF_A_THREAD < maps);
  });

  test('fewer threads from the source, where each costs more than in the build', () => {
    const machine = { ...plenty, descriptors: 984, memory: 4096 * MIB };
    const { threads } = threadBudget(256, { ...machine, fromSource: true });
    assert(threads * DESCRIPTORS_OF_A_TSX_THREAD < machine.descriptors);
    assert(threads * MIB_OF_A_TSX_THREAD < 4096);
    const { threads: few } = threadBudget(256, { ...plenty, maps: 17_623, fromSource: true });
    assert(few * MAPS_OF_A_TSX_THREAD < 17_623);
  });

  test('threads, and what ended ones leave behind, fit together into memory and maps', () => {
    const anyMachine = fc.record({
      descriptors: fc.integer({ min: 64, max: 100_000 }),
      processes: fc.integer({ min: 64, max: 100_000 }),
      maps: fc.integer({ min: 1000, max: 1_000_000 }),
      memory: fc.integer({ min: 32, max: 64_000 }).map(mib => mib * MIB),
    });
    const anyWish = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(anyWish, anyMachine, (wanted, machine) => {
        const { clients, threads, endings, endingsWithClient } = threadBudget(wanted, machine);
        assert(clients >= 1 && clients <= wanted);
        assert(threads > clients);
        assert(endings >= 0 && endingsWithClient <= endings);
        assert(threads * MAPS_OF_A_THREAD + endings * MAPS_OF_AN_ENDED_THREAD < machine.maps);
        const mib = threads * MIB_OF_A_THREAD + endings * MIB_OF_AN_ENDED_THREAD;
        assert(mib * MIB < machine.memory);
      }),
    );
  });

  test('of a thread for each client, the first thousand end with theirs, fewer in little memory', () => {
    assert.equal(threadBudget(256, plenty).endingsWithClient, 1000);
    const container = threadBudget(256, { ...plenty, memory: 69 * MIB });
    assert.deepEqual(container, { clients: 4, threads: 5, endings: 138, endingsWithClient: 69 });
  });

  test('256 clients on the maps that a usual Linux allows', () => {
    const { clients, endings } = threadBudget(256, { ...plenty, maps: 65_530 });
    assert.equal(clients, 256);
    assert(endings > 10_000);
  });

  test('256 clients on as few maps as the operators are told', () => {
    assert.equal(threadBudget(256, { ...plenty, maps: 17_623 }).clients, 256);
    assert.equal(threadBudget(256, { ...plenty, maps: 17_600 }).clients, 255);
  });
});
