/** What ends the waiting of a step: its event, or an interruption at any time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interrupted, Waiting } from '../../src/chat/waiting.ts';

test('the event that is waited for ends the step, and no other one', async () => {
  const waiting = new Waiting();
  const step = waiting.until('reply');
  assert.equal(waiting.happened('input'), false);
  assert.equal(waiting.happened('reply'), true);
  await step;
  assert.equal(waiting.happened('reply'), false);
});

test('an interruption makes the step throw', async () => {
  const waiting = new Waiting();
  const step = waiting.until('input');
  waiting.interrupt();
  await assert.rejects(step, Interrupted);
  assert.equal(waiting.isFor('input'), false);
});

test('an interruption between two steps makes the second one throw, once', async () => {
  const waiting = new Waiting();
  const first = waiting.until('reply');
  waiting.happened('reply');
  waiting.interrupt();
  await first;
  assert.throws(() => waiting.until('input'), Interrupted);
  const third = waiting.until('ready');
  waiting.happened('ready');
  await third;
});

test('the event stops the timer', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const waiting = new Waiting();
  waiting.setTimer(10, () => assert.fail('the timer'));
  const step = waiting.until('reply');
  waiting.happened('reply');
  t.mock.timers.tick(20);
  await step;
});
