/** Which of several replies is whose, when one was given up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateReplies } from '../../src/chat/late-replies.ts';

const FOR_LONG_MS = 60_000;

function afterGivingUp(count: number, patienceMs = FOR_LONG_MS): LateReplies {
  const replies = new LateReplies(patienceMs);
  for (let given = 0; given < count; given++) replies.gaveUp();
  return replies;
}

const CASES: [what: string, givenUp: number, text: string, expected: object][] = [
  ['nothing was given up', 0, '1', { late: [], reply: '1', isDoubtful: false }],
  ['nothing was given up, two lines', 0, '1\n2', { late: [], reply: '1\n2', isDoubtful: false }],
  ['it may be the late one', 1, '1', { late: [], reply: '1', isDoubtful: true }],
  ['the late one comes with it', 1, '1\n2', { late: ['1'], reply: '2', isDoubtful: false }],
  ['two late ones come with it', 2, '1\n2\n3', { late: ['1', '2'], reply: '3', isDoubtful: false }],
  ['one of two late ones is missing', 2, '1\n2', { late: [], reply: '1\n2', isDoubtful: true }],
];
for (const [what, givenUp, text, expected] of CASES) {
  test(what, () => {
    assert.deepEqual(afterGivingUp(givenUp).tellApart(text), expected);
  });
}

test('once all have come, no reply is doubtful', () => {
  const replies = afterGivingUp(1);
  replies.tellApart('1\n2');
  assert.equal(replies.tellApart('3').isDoubtful, false);
  assert.equal(replies.came(), false);
});

test('one that came unasked is not expected again', () => {
  const replies = afterGivingUp(1);
  assert.equal(replies.came(), true);
  assert.equal(replies.tellApart('3').isDoubtful, false);
});

test('the doubt ends with the time in which one may come, however many lines are answered', () => {
  const replies = new LateReplies(FOR_LONG_MS);
  replies.gaveUp(2000);
  for (const seconds of [3, 10, 60]) {
    assert.equal(replies.tellApart('1', 1000 * seconds).isDoubtful, true);
  }
  for (const seconds of [63, 64]) {
    assert.equal(replies.tellApart('1', 1000 * seconds).isDoubtful, false);
  }
});

test('one that has not come in its time is not expected any more', () => {
  assert.equal(afterGivingUp(1, -1).tellApart('1').isDoubtful, false);
});
