/** Which descriptors of very many are given to select(2). */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ActiveSet } from '../../src/serving/select/active-set.ts';
import { EINTR } from '../../src/sockets/constants.ts';
import { FdSet, INTERRUPTED } from '../../src/sockets/select.ts';
import { interpose } from '../../src/sockets/system-calls.ts';

/** More descriptors than a full scan is cheap for. */
const MANY = 1000;
const ACTIVE = 7;

interface UnderTest {
  readonly set: ActiveSet;
  readonly select: () => number;
  readonly scanned: ('all' | 'active')[];
}

/** An ActiveSet whose clock stands still; `results` are those of select, `scanned` what it was given. */
function underTest(results: number[]): UnderTest {
  const readable = new FdSet();
  const set = new ActiveSet(readable, new FdSet());
  const readers = new FdSet(Array.from({ length: MANY }, (_, fd) => fd));
  const scanned: ('all' | 'active')[] = [];
  const select = (): number => {
    const restore = interpose(() => ({
      now: () => 1,
      select: (nfds, read) => {
        scanned.push(nfds === MANY ? 'all' : 'active');
        const result = results.shift() ?? 0;
        read?.fill(0);
        if (result > 0 && read) read[0] = 1 << ACTIVE;
        return result;
      },
    }));
    try {
      return set.select(readers, new FdSet(), 0);
    } finally {
      restore();
    }
  };
  return { set, select, scanned };
}

describe('the active set', () => {
  it('is scanned alone after a full scan that has found it', () => {
    const { select, scanned } = underTest([1, 1]);
    assert.deepEqual([select(), select()], [1, 1]);
    assert.deepEqual(scanned, ['all', 'active']);
  });

  it('makes way for a full scan when none of it is ready', () => {
    const { select, scanned } = underTest([1, 0, 1]);
    assert.deepEqual([select(), select()], [1, 1]);
    assert.deepEqual(scanned, ['all', 'active', 'all']);
  });

  it('does not take a full scan that was interrupted for one', () => {
    const { set, select, scanned } = underTest([1, -EINTR, 1]);
    assert.equal(select(), 1);
    set.expire();
    assert.deepEqual([select(), select()], [INTERRUPTED, 1]);
    assert.deepEqual(scanned, ['all', 'all', 'all']);
  });
});
