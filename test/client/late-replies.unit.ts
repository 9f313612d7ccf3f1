/** Which of several replies is whose, when one was given up. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LateReplies } from '../../src/client/late-replies.ts';

const FOR_LONG_MS = 60_000;

function afterGivingUp(count: number, patienceMs = FOR_LONG_MS): LateReplies {
  const replies = new LateReplies(patienceMs);
  for (let given = 0; given < count; given++) replies.gaveUp(performance.now());
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

describe('one that may be late is no longer expected', () => {
  /** A line of 0 s was given up at 2 s; the next was sent then, and answered after `seconds`. */
  const answeredAt = (seconds: number): LateReplies => {
    const replies = new LateReplies(FOR_LONG_MS);
    replies.gaveUp(0, 2000);
    replies.asked(2000);
    assert.equal(replies.tellApart('1', 1000 * seconds).isDoubtful, true);
    return replies;
  };
  const isDoubtful = (replies: LateReplies, askedAt: number): boolean => {
    replies.asked(1000 * askedAt);
    return replies.tellApart('2', 1000 * askedAt + 1).isDoubtful;
  };

  test('after a silence as long as its line would have taken', () => {
    assert.equal(isDoubtful(answeredAt(3), 6), false);
  });
  test('but not after a shorter one', () => {
    assert.equal(isDoubtful(answeredAt(3), 5.9), true);
    assert.equal(isDoubtful(answeredAt(20), 26), true);
  });
  test('also when lines were answered in the meantime', () => {
    const replies = answeredAt(3);
    for (const second of [4, 5, 6, 7]) assert.equal(isDoubtful(replies, second), true);
    assert.equal(isDoubtful(replies, 10.1), false);
    assert.equal(isDoubtful(replies, 10.2), false);
  });
  test('but the silence begins anew when another line is given up', () => {
    const replies = answeredAt(3);
    replies.asked(4000);
    replies.gaveUp(4000, 6000);
    assert.equal(isDoubtful(replies, 60), true);
  });
});

test('one that has not come in its time is not expected any more', () => {
  assert.equal(afterGivingUp(1, -1).tellApart('1').isDoubtful, false);
});
