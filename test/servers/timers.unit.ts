import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Timer, Timers } from '../../src/serving/select/timers.ts';

/** Starts timers that note their names when they are run. */
function notedTimers() {
  const timers = new Timers();
  const ran: string[] = [];
  const start = (now: number, milliseconds: number, name: string) =>
    timers.start(now, milliseconds, () => ran.push(name));
  return { timers, ran, start };
}

describe('timers', () => {
  test('without any there is no deadline', () => {
    assert.equal(new Timers().nextDeadline(), Number.POSITIVE_INFINITY);
  });

  test('fall due at their deadline, not before, and once', () => {
    const { timers, ran, start } = notedTimers();
    start(100, 20, 'a');
    timers.run(119.9);
    assert.deepEqual(ran, []);
    timers.run(120);
    assert.deepEqual(ran, ['a']);
    timers.run(1000);
    assert.deepEqual(ran, ['a']);
  });

  test('of one length run in the order they were started', () => {
    const { timers, ran, start } = notedTimers();
    for (const [now, name] of [
      [0, 'a'],
      [1, 'b'],
      [1, 'c'],
      [5, 'd'],
    ] as const) {
      start(now, 20, name);
    }
    timers.run(21);
    assert.deepEqual(ran, ['a', 'b', 'c']);
    timers.run(25);
    assert.deepEqual(ran, ['a', 'b', 'c', 'd']);
  });

  test('a long one does not hold up a short one started later', () => {
    const { timers, ran, start } = notedTimers();
    start(0, 2000, 'long');
    start(10, 20, 'short');
    assert.equal(timers.nextDeadline(), 30);
    timers.run(30);
    assert.deepEqual(ran, ['short']);
    assert.equal(timers.nextDeadline(), 2000);
  });

  test('the next deadline is the earliest of all that are left', () => {
    const { timers, start } = notedTimers();
    const first = start(0, 20, 'a');
    start(7, 20, 'b');
    assert.equal(timers.nextDeadline(), 20);
    timers.cancel(first);
    assert.equal(timers.nextDeadline(), 27);
    timers.run(27);
    assert.equal(timers.nextDeadline(), Number.POSITIVE_INFINITY);
  });

  test('what is cancelled never runs, and may be cancelled again', () => {
    const { timers, ran, start } = notedTimers();
    const cancelled = start(0, 20, 'a');
    start(0, 20, 'b');
    timers.cancel(cancelled);
    timers.cancel(cancelled);
    timers.run(20);
    assert.deepEqual(ran, ['b']);
    timers.cancel(cancelled);
  });

  test('an action may cancel one that is due with it', () => {
    const { timers, ran, start } = notedTimers();
    timers.start(0, 20, () => timers.cancel(second));
    const second = start(0, 20, 'second');
    start(0, 20, 'third');
    timers.run(20);
    assert.deepEqual(ran, ['third']);
  });

  test('an action may start its like again, for later', () => {
    const { timers, ran, start } = notedTimers();
    timers.start(0, 20, () => start(20, 20, 'again'));
    timers.run(20);
    assert.deepEqual(ran, []);
    timers.run(40);
    assert.deepEqual(ran, ['again']);
  });
});

/** What an action does besides noting that it ran. Others are counted back from the last started. */
type Deed =
  | { readonly does: 'nothing' }
  | { readonly does: 'start'; readonly milliseconds: number }
  | { readonly does: 'cancel'; readonly back: number };

/** Timers in a list that is sorted anew whenever it is looked at. */
class SortedList {
  now = 0;
  readonly started: { id: number; milliseconds: number; deadline: number; deed: Deed }[] = [];
  readonly running = new Set<number>();

  start(milliseconds: number, deed: Deed): void {
    const id = this.started.length;
    this.started.push({ id, milliseconds, deadline: this.now + milliseconds, deed });
    this.running.add(id);
  }

  nextDeadline(): number {
    const deadlines = this.started.filter(({ id }) => this.running.has(id));
    return deadlines.map(({ deadline }) => deadline).sort((a, b) => a - b)[0] ?? Infinity;
  }
}

interface Real {
  readonly timers: Timers;
  readonly started: Timer[];
  readonly ran: number[];
}

/** The timer that was started this many timers ago, if there is one. */
const countedBack = (count: number, back: number): number | undefined =>
  count === 0 ? undefined : count - 1 - (back % count);

/**
 * Starts a timer on both sides. The model learns what an action does when the real one does it: in
 * which order timers of different lengths run in one go is not promised.
 */
function start(model: SortedList, real: Real, milliseconds: number, deed: Deed): void {
  const id = model.started.length;
  model.start(milliseconds, deed);
  const timer = real.timers.start(model.now, milliseconds, () => {
    assert(model.running.delete(id), `timer ${id} runs, but is not due or was cancelled`);
    assert((model.started[id]?.deadline as number) <= model.now, `timer ${id} runs too early`);
    real.ran.push(id);
    if (deed.does === 'start') start(model, real, deed.milliseconds, { does: 'nothing' });
    if (deed.does === 'cancel') cancel(model, real, deed.back);
  });
  real.started.push(timer);
}

function cancel(model: SortedList, real: Real, back: number): void {
  const id = countedBack(model.started.length, back);
  if (id === undefined) return;
  model.running.delete(id);
  real.timers.cancel(real.started[id] as Timer);
}

function run(model: SortedList, real: Real, pause: number): void {
  model.now += pause;
  const firstNew = model.started.length;
  const before = real.ran.length;
  real.timers.run(model.now);
  const due = [...model.running].map(id => model.started[id]).filter(timer => timer !== undefined);
  for (const { id, deadline } of due) {
    // One of 0 ms that an action starts may run in the same go or in the next.
    if (id < firstNew) assert(deadline > model.now, `timer ${id} was due and did not run`);
  }
  const lengths = new Map<number, number>();
  for (const id of real.ran.slice(before)) {
    const { milliseconds } = model.started[id] as (typeof model.started)[number];
    assert(id > (lengths.get(milliseconds) ?? -1), `timer ${id} runs after one started later`);
    lengths.set(milliseconds, id);
  }
}

class Step implements fc.Command<SortedList, Real> {
  readonly #words: string;
  readonly #take: (model: SortedList, real: Real) => void;

  constructor(words: string, take: (model: SortedList, real: Real) => void) {
    this.#words = words;
    this.#take = take;
  }

  check(): boolean {
    return true;
  }

  run(model: SortedList, real: Real): void {
    this.#take(model, real);
    assert.equal(real.timers.nextDeadline(), model.nextDeadline(), 'the next deadline');
    assert.equal(real.timers.isEmpty, model.running.size === 0, 'whether there are any');
  }

  toString(): string {
    return this.#words;
  }
}

const length = fc.constantFrom(0, 5, 20, 20, 2000);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constant({ does: 'nothing' } as const),
  length.map(milliseconds => ({ does: 'start', milliseconds }) as const),
  fc.nat(9).map(back => ({ does: 'cancel', back }) as const),
);

const steps = [
  fc
    .tuple(length, deed)
    .map(
      ([milliseconds, deed]) =>
        new Step(`start(${milliseconds}, ${JSON.stringify(deed)})`, (model, real) =>
          start(model, real, milliseconds, deed),
        ),
    ),
  fc
    .nat(9)
    .map(back => new Step(`cancel(${back} back)`, (model, real) => cancel(model, real, back))),
  fc
    .oneof(fc.constantFrom(0, 5, 20), fc.double({ min: 0, max: 3000, noNaN: true }))
    .map(pause => new Step(`run(+${pause})`, (model, real) => run(model, real, pause))),
];

test('timers agree with a sorted list, whatever is done to them', () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 60 }), commands => {
      fc.modelRun(
        () => ({
          model: new SortedList(),
          real: { timers: new Timers(), started: [], ran: [] },
        }),
        commands,
      );
    }),
    { numRuns: 500 },
  );
});
