import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EchoConversation } from '../../src/protocol/echo-conversation.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';
import { clientBytes, pieces, Speaker, splitting } from './speaker.ts';

describe('the echo conversation', () => {
  const BYTES: [what: string, bytes: Uint8Array][] = [
    ['a line', Buffer.from('hello\r\n')],
    ['bare text', Buffer.from('hello')],
    ['every byte there is', Uint8Array.from({ length: 256 }, (_, byte) => byte)],
    ['half a character', Buffer.from('c3', 'hex')],
    ['a megabyte', Buffer.alloc(1 << 20, 'abcdefg')],
  ];
  for (const [what, bytes] of BYTES) {
    test(`returns ${what} at once`, () => {
      assert.deepEqual(new Speaker(new EchoConversation()).say(bytes).heard(), Buffer.from(bytes));
    });
  }

  test('never waits for a pause, and has nothing to add at the end', () => {
    const conversation = new EchoConversation();
    const client = new Speaker(conversation).say('hello');
    client.heard();
    assert.equal(conversation.hasPartialMessage, false);
    assert.deepEqual(client.pause().end().heard(), Buffer.alloc(0));
  });

  test('fills the buffer to its last byte, and goes on in an empty one', () => {
    const conversation = new EchoConversation();
    const replies = new ReplyBuffer();
    const input = Buffer.from('abcdef');
    conversation.receive(input, input.length);
    replies.length = replies.bytes.length;
    assert.equal(conversation.answer(replies), true);
    replies.length = replies.bytes.length - 4;
    assert.equal(conversation.answer(replies), true);
    assert.equal(replies.room, 0);
    assert.equal(replies.bytes.toString('latin1', replies.length - 4), 'abcd');
    conversation.retainInput();
    input.fill('!');
    replies.clear();
    assert.equal(conversation.answer(replies), false);
    assert.equal(replies.bytes.toString('latin1', 0, replies.length), 'ef');
  });

  test('only the first bytes of what is lent come back', () => {
    const conversation = new EchoConversation();
    const replies = new ReplyBuffer();
    conversation.receive(Buffer.from('abcdef'), 3);
    assert.equal(conversation.answer(replies), false);
    assert.equal(replies.bytes.toString('latin1', 0, replies.length), 'abc');
  });

  test('an observer is shown what came and what went', () => {
    const said: string[] = [];
    const conversation = new EchoConversation({
      message: (bytes, start, end) => said.push(`< ${bytes.toString('latin1', start, end)}`),
      reply: (bytes, start, end) => said.push(`> ${bytes.toString('latin1', start, end)}`),
    });
    const client = new Speaker(conversation).say('hello\n');
    client.occupied = 2 ** 16 - 2;
    client.say('abc');
    assert.deepEqual(said, ['< hello\n', '> hello\n', '< ab', '> ab', '< c', '> c']);
  });

  test('any bytes in any pieces come back the same, however full the buffer is', () => {
    fc.assert(
      fc.property(clientBytes, splitting, fc.nat(2 ** 16), (bytes, lengths, occupied) => {
        const client = new Speaker(new EchoConversation());
        for (const piece of pieces(bytes, lengths)) {
          client.occupied = occupied;
          client.say(piece);
        }
        assert.deepEqual(client.heard(), bytes);
      }),
      { numRuns: 150 },
    );
  });
});
