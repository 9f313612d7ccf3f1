/** Which line a reply belongs to, after the user stopped waiting for one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LateReplies } from '../../src/chat/replies.ts';

const FOR_LONG_MS = 60_000;

function afterAbandoning(count: number, timeoutMs = FOR_LONG_MS): LateReplies {
  const replies = new LateReplies(timeoutMs);
  for (let index = 0; index < count; index++) replies.abandon();
  return replies;
}

const CASES: [what: string, abandoned: number, text: string, expected: object][] = [
  ['nothing was abandoned', 0, '1', { late: [], reply: '1', isDoubtful: false }],
  ['nothing was abandoned, two lines', 0, '1\n2', { late: [], reply: '1\n2', isDoubtful: false }],
  ['it may be the late one', 1, '1', { late: [], reply: '1', isDoubtful: true }],
  ['the late one comes with it', 1, '1\n2', { late: ['1'], reply: '2', isDoubtful: false }],
  ['two late ones come with it', 2, '1\n2\n3', { late: ['1', '2'], reply: '3', isDoubtful: false }],
  ['one of two late ones is missing', 2, '1\n2', { late: [], reply: '1\n2', isDoubtful: true }],
];
for (const [what, abandoned, text, expected] of CASES) {
  test(what, () => {
    assert.deepEqual(afterAbandoning(abandoned).split(text), expected);
  });
}

test('once all have come, no reply is doubtful', () => {
  const replies = afterAbandoning(1);
  replies.split('1\n2');
  assert.equal(replies.split('3').isDoubtful, false);
  assert.equal(replies.take(), false);
});

test('one that came while none was due is not expected again', () => {
  const replies = afterAbandoning(1);
  assert.equal(replies.take(), true);
  assert.equal(replies.split('3').isDoubtful, false);
});

test('the doubt ends with the time in which one may come, however many lines are answered', () => {
  const replies = new LateReplies(FOR_LONG_MS);
  replies.abandon(2000);
  for (const seconds of [3, 10, 60]) {
    assert.equal(replies.split('1', 1000 * seconds).isDoubtful, true);
  }
  for (const seconds of [63, 64]) {
    assert.equal(replies.split('1', 1000 * seconds).isDoubtful, false);
  }
});

test('one that has not come in its time is not expected any more', () => {
  assert.equal(afterAbandoning(1, -1).split('1').isDoubtful, false);
});
