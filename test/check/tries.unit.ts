/** Who is tried again, on which program, and what runs meanwhile; with items that start nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../src/judge/failure.ts';
import { Gate } from '../../src/judge/gate.ts';
import type { Item } from '../../src/judge/item.ts';
import type { Outcome } from '../../src/judge/outcome.ts';
import { report } from '../../src/judge/report.ts';
import { runItems } from '../../src/judge/run.ts';
import { Trial } from '../../src/judge/trial.ts';
import { type Shared, Tries } from '../../src/judge/tries.ts';
import { coloursFor } from '../../src/terminal/colours.ts';

const COMMAND = { words: ['program'] };

/** What a try was of. */
const own = (): Trial => new Trial(COMMAND);
const ofShared = new Trial(COMMAND);

function item(name: string, run: Item<Trial>['run'], more: Partial<Item<Trial>> = {}): Item<Trial> {
  return { name, roles: ['server3'], level: 'required', asks: '', why: '', look: '', run, ...more };
}

const wrong = (): never => {
  throw new Failure({ expected: '66', came: '67' });
};
const late = (): never => {
  throw new Failure({ expected: '66', came: 'nothing within 2 s', late: true });
};
const right = (): void => {};

/** An item that does these, one each time it is tried. */
function doing(more: Partial<Item<Trial>>, ...tries: (() => void)[]): Item<Trial> {
  return item('tried', async () => tries.shift()?.(), more);
}

const shared: Shared<Trial> = { use: run => run(ofShared) };

async function verdictOf(tried: Item<Trial>, on?: Shared<Trial>): Promise<Outcome['verdict']> {
  const [outcome] = await runItems([tried], new Tries(own, on), () => {});
  return (outcome as Outcome).verdict;
}

const CASES: [what: string, more: Partial<Item<Trial>>, tries: (() => void)[], verdict: string][] =
  [
    ['that fails once beside others passes', {}, [late, right], 'passed'],
    ['that fails twice fails', {}, [wrong, wrong, right], 'failed'],
    ['that passes is not tried again', {}, [right, wrong], 'passed'],
    ['that was late alone is tried again', { alone: true }, [late, right], 'passed'],
    ['that was late alone twice fails', { alone: true }, [late, late, right], 'failed'],
    ['that was wrong alone fails at once', { alone: true }, [wrong, right], 'failed'],
  ];

// Each failure waits a moment for the end of a program.
describe('an item', { concurrency: true }, () => {
  for (const [what, more, tries, verdict] of CASES) {
    it(what, async () => assert.equal(await verdictOf(doing(more, ...tries)), verdict));
  }

  it('that fails on the shared program is tried on one of its own', async () => {
    const on: Trial[] = [];
    const tried = item(
      'tried',
      async trial => {
        on.push(trial);
        if (trial === ofShared) wrong();
      },
      { shares: true },
    );
    assert.equal(await verdictOf(tried, shared), 'passed');
    assert.equal(on.length, 2);
    assert.equal(on[0], ofShared);
  });

  it('that passed at a second try is told with what was wrong at the first', async () => {
    const outcomes = await runItems([doing({}, late, right)], new Tries(own), () => {});
    const text = report({ role: 'server3', command: COMMAND, outcomes }, coloursFor({}));
    assert.match(text, /✓ tried, at a second try; the first: nothing within 2 s$/m);
  });
});

describe('the gate', () => {
  it('lets several in, then one alone, then the rest', async () => {
    const gate = new Gate();
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
      await nextTurn();
      return inside.join();
    };
    const all = [
      gate.beside(work('a')),
      gate.beside(work('b')),
      gate.alone(work('c')),
      gate.beside(work('d')),
      gate.beside(work('e')),
    ];
    await nextTurn();
    assert.equal(inside.join(), 'a,b');
    assert.equal(await end('a'), 'b');
    assert.equal(await end('b'), 'c');
    assert.equal(await end('c'), 'd,e');
    assert.equal(await end('d'), 'e');
    assert.equal(await end('e'), '');
    await Promise.all(all);
  });
});
