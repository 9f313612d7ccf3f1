/** Replies that come many at a time. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { PipelinedReplies } from '../../src/chat/pipeline.ts';

const none = { text: '', count: 0, surplus: 0 };

const CASES: [what: string, due: number, pieces: string[], expected: object[]][] = [
  ['whole lines', 9, ['1\n2\n'], [{ text: '1\n2\n', count: 2, surplus: 0 }]],
  ['a line in pieces', 9, ['1', '2', '\n'], [none, none, { text: '12\n', count: 1, surplus: 0 }]],
  [
    'the beginning of the next line',
    9,
    ['1\n2', '3\n'],
    [
      { text: '1\n', count: 1, surplus: 0 },
      { text: '23\n', count: 1, surplus: 0 },
    ],
  ],
  ['more than are due', 2, ['1\n2\n3\n4\n'], [{ text: '1\n2\n', count: 2, surplus: 2 }]],
  ['one where none is due', 0, ['1\n'], [{ text: '', count: 0, surplus: 1 }]],
  ['colours', 9, ['\x1b[1m1\x1b[0m\n2\n'], [{ text: '1\n2\n', count: 2, surplus: 0 }]],
];
for (const [what, due, pieces, expected] of CASES) {
  test(what, () => {
    const replies = new PipelinedReplies();
    assert.deepEqual(
      pieces.map(piece => replies.receive(Buffer.from(piece), due)),
      expected,
    );
  });
}

test('a line in thousands of pieces is whole', () => {
  const replies = new PipelinedReplies();
  for (let count = 0; count < 5000; count++) replies.receive(Buffer.from(String(count % 10)), 1);
  assert.equal(replies.partialBytes, 5000);
  assert.equal(replies.receive(Buffer.from('\n'), 1).text, `${'0123456789'.repeat(500)}\n`);
  assert.equal(replies.partialBytes, 0);
});
