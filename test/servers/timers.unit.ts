import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Timers } from '../../src/servers/timers.ts';

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
