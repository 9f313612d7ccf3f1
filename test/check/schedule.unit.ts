/** Second attempts, the program of each attempt, and what runs meanwhile; with checks that start nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTick } from 'node:timers/promises';
import { Attempt } from '../../src/judge/attempt/attempt.ts';
import type { Check } from '../../src/judge/check.ts';
import { textReport } from '../../src/judge/report/text-report.ts';
import { Failure, type Result } from '../../src/judge/result.ts';
import { Schedule, SharedLock, type SharedProgram } from '../../src/judge/schedule.ts';
import { coloursFor } from '../../src/terminal/colours.ts';

const COMMAND = { words: ['program'] };

const own = (): Attempt => new Attempt(COMMAND);
const ofShared = new Attempt(COMMAND);

type Options = Partial<Check<Attempt>>;

function check(name: string, run: Check<Attempt>['run'], more: Options = {}): Check<Attempt> {
  return { name, roles: ['server3'], level: 'required', asks: '', why: '', hint: '', run, ...more };
}

const wrong = (): never => {
  throw new Failure({ expected: '66', got: '67' });
};
const late = (): never => {
  throw new Failure({ expected: '66', got: 'nothing within 2 s', late: true });
};
const right = (): void => {};

/** A check that does these, one in each attempt. */
function doing(more: Options, ...attempts: (() => void)[]): Check<Attempt> {
  return check('attempted', async () => attempts.shift()?.(), more);
}

const shared: SharedProgram<Attempt> = { use: run => run(ofShared) };

async function statusOf(
  one: Check<Attempt>,
  on?: SharedProgram<Attempt>,
): Promise<Result['status']> {
  const [result] = await new Schedule([one], own, () => {}, on).run();
  return (result as Result).status;
}

const CASES: [what: string, more: Options, attempts: (() => void)[], status: string][] = [
  ['that fails once beside others passes', {}, [late, right], 'passed'],
  ['that fails twice fails', {}, [wrong, wrong, right], 'failed'],
  ['that passes makes no second attempt', {}, [right, wrong], 'passed'],
  ['that is exclusive and late makes a second one', { exclusive: true }, [late, right], 'passed'],
  ['that is exclusive and late twice fails', { exclusive: true }, [late, late, right], 'failed'],
  ['that is exclusive and wrong fails at once', { exclusive: true }, [wrong, right], 'failed'],
];

// Each failure waits a moment for the end of a program.
describe('a check', { concurrency: true }, () => {
  for (const [what, more, attempts, status] of CASES) {
    it(what, async () => assert.equal(await statusOf(doing(more, ...attempts)), status));
  }

  it('that fails on the shared program is repeated on one of its own', async () => {
    const on: Attempt[] = [];
    const one = check(
      'attempted',
      async attempt => {
        on.push(attempt);
        if (attempt === ofShared) wrong();
      },
      { sharesProgram: true },
    );
    assert.equal(await statusOf(one, shared), 'passed');
    assert.equal(on.length, 2);
    assert.equal(on[0], ofShared);
  });

  it('that passed in the second attempt is reported with what the first one got', async () => {
    const results = await new Schedule([doing({}, late, right)], own, () => {}).run();
    const text = textReport({ role: 'server3', command: COMMAND, results }, coloursFor({}));
    assert.match(text, /✓ attempted, in the second attempt; the first got nothing within 2 s$/m);
  });
});

describe('the lock', () => {
  it('admits several shared holders, then an exclusive one, then the rest', async () => {
    const lock = new SharedLock();
    const inside: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => (): Promise<void> => {
      inside.push(name);
      return new Promise(resolve => {
        ends.set(name, () => {
          inside.splice(inside.indexOf(name), 1);
          resolve();
        });
      });
    };
    const end = async (name: string): Promise<string> => {
      ends.get(name)?.();
      await nextTick();
      return inside.join();
    };
    const all = [
      lock.shared(work('a')),
      lock.shared(work('b')),
      lock.exclusive(work('c')),
      lock.shared(work('d')),
      lock.shared(work('e')),
    ];
    await nextTick();
    assert.equal(inside.join(), 'a,b');
    assert.equal(await end('a'), 'b');
    assert.equal(await end('b'), 'c');
    assert.equal(await end('c'), 'd,e');
    assert.equal(await end('d'), 'e');
    assert.equal(await end('e'), '');
    await Promise.all(all);
  });
});
