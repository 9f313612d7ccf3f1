/** Both paths behind one conversation: many fast replies per call, but only one slow reply. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { CalculatorConversation } from '../../src/protocol/calculator-conversation.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';

function conversationAbout(text: string): CalculatorConversation {
  const conversation = new CalculatorConversation();
  const bytes = Buffer.from(text);
  conversation.receive(bytes, bytes.length);
  return conversation;
}

function said(replies: ReplyBuffer): string {
  return replies.bytes.toString('utf8', 0, replies.length);
}

test('messages of the fast path are answered in one call', () => {
  const replies = new ReplyBuffer();
  const conversation = conversationAbout('1 + 2\n3*4\r\n\u00007\u0000\n10 / 4\n');
  assert.equal(conversation.answer(replies), false);
  assert.equal(said(replies), '3\n12\n7\n2.5\n');
});

test('a message of the slow path ends the call, and the rest waits', () => {
  const replies = new ReplyBuffer();
  const conversation = conversationAbout('1 + 2\n2 ^ 3\n4 + 5\nx\n6\n');
  assert.equal(conversation.answer(replies), true);
  assert.equal(said(replies), '3\n8\n');
  assert.equal(conversation.answer(replies), true);
  assert.equal(said(replies), "3\n8\n9\nerror: unexpected 'x' at column 1\n");
  assert.equal(conversation.answer(replies), false);
  assert.equal(said(replies), "3\n8\n9\nerror: unexpected 'x' at column 1\n6\n");
});

test('fast replies stop before the buffer could be too small for a slow one', () => {
  const count = 60_000;
  const conversation = conversationAbout('8\n'.repeat(count));
  let received = 0;
  for (let more = true; more; ) {
    const replies = new ReplyBuffer();
    more = conversation.answer(replies);
    assert.ok(replies.length <= replies.bytes.length);
    received += said(replies).split('8\n').length - 1;
  }
  assert.equal(received, count);
});

test('an observer sees fast messages and replies like all others', () => {
  const shown: string[] = [];
  const show = (bytes: Buffer, start: number, end: number): void => {
    shown.push(bytes.toString('utf8', start, end));
  };
  const conversation = new CalculatorConversation({ message: show, reply: show });
  const bytes = Buffer.from('22 + 44\n2 ^ 3\n');
  conversation.receive(bytes, bytes.length);
  const replies = new ReplyBuffer();
  while (conversation.answer(replies)) replies.clear();
  assert.deepEqual(shown, ['22 + 44', '66', '2 ^ 3', '8']);
});
