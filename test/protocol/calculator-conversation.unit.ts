import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CalculatorConversation } from '../../src/protocol/calculator-conversation.ts';
import { MAX_MESSAGE_BYTES } from '../../src/protocol/framing.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';
import { clientBytes, pieces, Speaker, splitting } from './speaker.ts';

const TOO_LONG = 'error: message too long (limit 4096 bytes)';
const NOT_TEXT = 'error: message is not UTF-8 text';

function speaker(): Speaker {
  return new Speaker(new CalculatorConversation());
}

describe('the calculator conversation', () => {
  test('says nothing until it is spoken to', () => {
    assert.deepEqual(speaker().pause().end().lines(), []);
  });

  const REPLIES: [messages: string, replies: string[]][] = [
    ['22 + 44\n', ['66']],
    ['1 + 1\n2 + 2\n3 + 3\n', ['2', '4', '6']],
    ['22 + 44\r\n', ['66']],
    ['22 + 44\0\0\0\n', ['66']],
  ];
  for (const [messages, replies] of REPLIES) {
    test(`${JSON.stringify(messages)} is answered by ${JSON.stringify(replies)}`, () => {
      assert.deepEqual(speaker().say(messages).lines(), replies);
    });
  }

  test('bare text is answered at a pause', () => {
    const client = speaker().say('22 + 44');
    assert.deepEqual(client.lines(), []);
    assert.deepEqual(client.pause().lines(), ['66']);
    assert.deepEqual(client.say('1 + 1').pause().lines(), ['2']);
  });

  test('what is left unfinished is answered at the end of input', () => {
    const client = speaker().say('1\n22 + 44');
    assert.deepEqual(client.lines(), ['1']);
    assert.deepEqual(client.end().lines(), ['66']);
  });

  test('NULs with nothing else are an empty message, until the first LF', () => {
    const empty = ['error: empty expression'];
    const nuls = '\0'.repeat(64);
    assert.deepEqual(speaker().say(nuls).pause().lines(), empty);
    assert.deepEqual(speaker().say(nuls).end().lines(), empty);
    assert.deepEqual(speaker().say('2 + 2\n').say(nuls).pause().end().lines(), ['4']);
  });

  for (const nothing of ['\n', ' \n', '\r\n', '\0\n', '\t \r\n']) {
    test(`${JSON.stringify(nothing)} has nothing in it, and gets one error all the same`, () => {
      const [reply, ...more] = speaker().say(nothing).lines();
      assert.match(reply ?? '', /^error: /);
      assert.deepEqual(more, []);
    });
  }

  const ERRORS: [what: string, message: Uint8Array][] = [
    ['NUL inside', Buffer.from('1\x002')],
    ['a lone CR', Buffer.from('1\r2')],
    ['an escape sequence', Buffer.from('\x1b[2J1')],
    ['U+2028', Buffer.from('1\u20282')],
    ['a bidi override', Buffer.from('1\u202e2')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r')],
    ['a TLS hello', Buffer.from('1603010200010001fc0303', 'hex')],
  ];
  for (const [what, message] of ERRORS) {
    test(`${what} gets one error, of printable text`, () => {
      const [reply, next, ...more] = speaker().say(message).say('\n1 + 1\n').lines();
      assert.match(reply ?? '', /^error: \P{C}+$/u);
      assert.deepEqual([next, more], ['2', []]);
    });
  }

  const NOT_UTF8: [what: string, hex: string][] = [
    ['a byte that begins nothing', 'ff'],
    ['half a character', 'c3'],
    ['a continuation without beginning', '31 80 32'],
    ['a surrogate', 'eda080'],
    ['an overlong form', 'c0af'],
  ];
  for (const [what, hex] of NOT_UTF8) {
    test(`${what} is no text`, () => {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      assert.deepEqual(speaker().say(bytes).say('\n').lines(), [NOT_TEXT]);
    });
  }

  test('U+FFFD itself is text', () => {
    const [reply] = speaker().say('\ufffd\n').lines();
    assert.match(reply ?? '', /^error: /);
    assert.notEqual(reply, NOT_TEXT);
  });

  test('a character may be split over two receives', () => {
    const whole = speaker().say('é\n').lines();
    assert.deepEqual(speaker().say('é\n', 1).lines(), whole);
    assert.notDeepEqual(whole, [NOT_TEXT]);
  });

  for (const [length, fits] of [
    [MAX_MESSAGE_BYTES - 1, true],
    [MAX_MESSAGE_BYTES, true],
    [MAX_MESSAGE_BYTES + 1, false],
  ] as const) {
    test(`a message of ${length} bytes is ${fits ? 'answered' : 'too long, and the next is not'}`, () => {
      const message = '2 + 2'.padEnd(length);
      const expected = [fits ? '4' : TOO_LONG, '2'];
      for (const pieceLength of [1, 4096, 65_536]) {
        const client = speaker().say(`${message}\r\n1 + 1\n`, pieceLength);
        assert.deepEqual(client.lines(), expected);
      }
    });
  }

  test('64 MiB without LF get one error at once, and no memory', () => {
    const conversation = new CalculatorConversation();
    const replies = new ReplyBuffer();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 1024; count++) {
      conversation.receive(chunk, chunk.length);
      while (conversation.answer(replies));
      assert.equal(replies.length, TOO_LONG.length + 1);
    }
    assert(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
    const client = new Speaker(conversation);
    assert.deepEqual(client.say('x\n1 + 1\n').lines(), ['2']);
  });

  test('10,000 messages in one go are all answered in order', () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => String(index));
    assert.deepEqual(
      speaker()
        .say(`${numbers.join('\n')}\n`)
        .lines(),
      numbers,
    );
  });

  test('it answers nothing into a full buffer, and goes on in an empty one', () => {
    const conversation = new CalculatorConversation();
    const replies = new ReplyBuffer();
    replies.length = replies.bytes.length - 4095;
    const { length } = replies;
    const input = Buffer.from('1 ^ 1\n2 ^ 1\n');
    conversation.receive(input, input.length);
    assert.equal(conversation.answer(replies), true);
    assert.equal(replies.length, length);
    replies.clear();
    assert.equal(conversation.answer(replies), true);
    assert.equal(replies.bytes.toString('utf8', 0, replies.length), '1\n');
    replies.length = replies.bytes.length - 4096;
    assert.equal(conversation.answer(replies), false, 'one more reply fits');
    assert.equal(
      replies.bytes.toString('utf8', replies.bytes.length - 4096, replies.length),
      '2\n',
    );
  });

  test('an end of input that waits behind a full buffer is not forgotten', () => {
    const conversation = new CalculatorConversation();
    const client = new Speaker(conversation);
    client.say('1\n2');
    client.occupied = 62 * 1024;
    assert.deepEqual(client.end().lines(), ['1', '2']);
  });

  test('an observer is shown each message and its reply, without line ends', () => {
    const said: string[] = [];
    const conversation = new CalculatorConversation({
      message: (bytes, start, end) => said.push(`< ${bytes.toString('latin1', start, end)}`),
      reply: (bytes, start, end) => said.push(`> ${bytes.toString('latin1', start, end)}`),
    });
    const long = 'x'.repeat(MAX_MESSAGE_BYTES + 1);
    new Speaker(conversation).say(`1 + 1\r\n2\0\n${long}`).end();
    assert.deepEqual(said.slice(0, 4), ['< 1 + 1', '> 2', '< 2', '> 2']);
    assert.match(said[4] ?? '', /^< x{4096}x?$/);
    assert.deepEqual(said.slice(5), [`> ${TOO_LONG}`]);
  });

  test('any bytes get one reply a message, the same ones in whatever pieces they come', () => {
    fc.assert(
      fc.property(clientBytes, splitting, fc.nat(2 ** 16), (bytes, lengths, occupied) => {
        const whole = speaker().say('\n').say(bytes).end().lines();
        const client = speaker().say('\n');
        for (const piece of pieces(bytes, lengths)) {
          client.occupied = occupied;
          client.say(piece);
        }
        const replies = client.end().lines();
        assert.deepEqual(replies, whole);
        const lineFeeds = bytes.filter(byte => byte === 0x0a).length;
        assert(replies.length - 1 - lineFeeds === 0 || replies.length - 1 - lineFeeds === 1);
        for (const reply of replies) assert.match(reply, /^[\P{C}]{1,4095}$/u);
      }),
      { numRuns: 100 },
    );
  });
});
