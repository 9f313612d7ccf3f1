import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Framer, MAX_MESSAGE_BYTES } from '../../src/protocol/framing.ts';
import { clientBytes, pieces, splitting } from './speaker.ts';

const TOO_LONG = Symbol('too long');
type Found = string | typeof TOO_LONG;

const LIMIT = MAX_MESSAGE_BYTES;

/** Collects all that is found, and overwrites the lent bytes as soon as their loan has ended. */
function findAll(framer: Framer, lent = Buffer.alloc(0), keep = false): Found[] {
  const messages: Found[] = [];
  for (;;) {
    const found = framer.next();
    if (!found) break;
    const { bytes, start, end } = framer;
    messages.push(found === 'too long' ? TOO_LONG : bytes.toString('latin1', start, end));
    if (keep && framer.hasInput) {
      framer.retainInput();
      lent.fill('!');
    }
  }
  assert.equal(framer.hasInput, false);
  lent.fill('!');
  return messages;
}

function receive(framer: Framer, what: string | Uint8Array, keep = false): Found[] {
  const lent = Buffer.from(what as string);
  framer.receive(lent, lent.length);
  return findAll(framer, lent, keep);
}

function finish(framer: Framer): Found[] {
  framer.flush();
  return findAll(framer);
}

/**
 * The same in one breath, said as simply as can be.
 * @param hasSentLine whether the client has sent an LF before.
 */
function messagesOf(bytes: Buffer, hasSentLine = false): Found[] {
  const lines = bytes.toString('latin1').split('\n');
  const rest = lines.pop() as string;
  const isOnlyNuls = /^\0*$/.test(rest);
  const isPadding = isOnlyNuls && (hasSentLine || lines.length > 0);
  if (rest !== '' && !isPadding) lines.push(rest);
  return lines.map(line => {
    const message = line.replace(/^\0+/, '').replace(/[\r\0]+$/, '');
    return message.length > LIMIT ? TOO_LONG : message;
  });
}

describe('a message ends at LF', () => {
  const CASES: [input: string, messages: string[]][] = [
    ['22 + 44\n', ['22 + 44']],
    ['1\n2\n3\n', ['1', '2', '3']],
    ['\n', ['']],
    ['\n\n1\n', ['', '', '1']],
    ['1\r\n2\r\n', ['1', '2']],
    ['\r\n', ['']],
    ['1\r\r\n', ['1']],
    ['1\0\0\0\n2\n', ['1', '2']],
    ['1\n\0\0\x002\n', ['1', '2']],
    ['1\0\r\0\n', ['1']],
    ['\0\0\n', ['']],
    ['1\r2\n', ['1\r2']],
    ['\r1\n', ['\r1']],
    ['1\x002\n', ['1\x002']],
    [' 1 \t\n', [' 1 \t']],
    ['22 + 44', []],
    ['\r', []],
  ];
  for (const [input, messages] of CASES) {
    test(`${JSON.stringify(input)} is ${JSON.stringify(messages)}`, () => {
      assert.deepEqual(receive(new Framer(), input), messages);
    });
    test(`${JSON.stringify(input)} is ${JSON.stringify(messages)}, byte by byte`, () => {
      const framer = new Framer();
      assert.deepEqual(
        [...Buffer.from(input)].flatMap(byte => receive(framer, Uint8Array.of(byte))),
        messages,
      );
    });
  }
});

describe('a message ends at a pause', () => {
  const BARE: [input: string, messages: string[]][] = [
    ['22 + 44', ['22 + 44']],
    ['22 + 44\0\0\0\0', ['22 + 44']],
    ['\0\x0022', ['22']],
    ['22\r', ['22']],
    ['\r', ['']],
    ['\0', ['']],
    ['\0'.repeat(64), ['']],
    ['\0'.repeat(3 * LIMIT), ['']],
  ];
  for (const [input, messages] of BARE) {
    test(`${JSON.stringify(input)} and a pause is ${JSON.stringify(messages)}`, () => {
      const framer = new Framer();
      assert.deepEqual(receive(framer, input), []);
      assert.equal(framer.hasPartialMessage, true);
      assert.deepEqual(finish(framer), messages);
      assert.equal(framer.hasPartialMessage, false);
    });
  }

  for (const input of ['', '\n', '1\n', '1\n2', '1\n\0', '\n\0\0\0', '\0\n\0']) {
    test(`after ${JSON.stringify(input)} a pause would end nothing`, () => {
      const framer = new Framer();
      receive(framer, input);
      assert.equal(framer.hasPartialMessage, false);
    });
  }

  test('again and again, until the first LF', () => {
    const framer = new Framer();
    for (const message of ['1', '2 + 2', '3']) {
      assert.deepEqual(receive(framer, message), []);
      assert.deepEqual(finish(framer), [message]);
    }
    receive(framer, '4');
    assert.equal(framer.hasPartialMessage, true);
    assert.deepEqual(receive(framer, '4\n'), ['44']);
    receive(framer, '5');
    assert.equal(framer.hasPartialMessage, false);
    assert.deepEqual(receive(framer, '5\n'), ['55']);
  });

  test('that ends a message too long too, and the next is a message again', () => {
    const framer = new Framer();
    assert.deepEqual(receive(framer, 'x'.repeat(LIMIT + 1)), [TOO_LONG]);
    assert.equal(framer.hasPartialMessage, true);
    assert.deepEqual(finish(framer), []);
    assert.equal(framer.hasPartialMessage, false);
    receive(framer, '1');
    assert.deepEqual(finish(framer), ['1']);
  });
});

describe('the end of input', () => {
  const CASES: [input: string, messages: string[]][] = [
    ['', []],
    ['1', ['1']],
    ['1\n', []],
    ['1\n2', ['2']],
    ['1\n2\r', ['2']],
    ['1\n\r', ['']],
    ['1\n\0\0', []],
    ['\0\0', ['']],
    ['\0\0\n\0\0', []],
  ];
  for (const [input, messages] of CASES) {
    test(`after ${JSON.stringify(input)} finds ${JSON.stringify(messages)}`, () => {
      const framer = new Framer();
      receive(framer, input);
      assert.deepEqual(finish(framer), messages);
      assert.deepEqual(finish(framer), []);
    });
  }
});

describe('the limit', () => {
  const LENGTHS: [length: number, fits: boolean][] = [
    [LIMIT - 1, true],
    [LIMIT, true],
    [LIMIT + 1, false],
    [2 * LIMIT + 1, false],
  ];
  const LINE_ENDS = ['\n', '\r\n', '\0\0\n', '\r\0\r\n', `${'\0'.repeat(LIMIT)}\n`];
  for (const [length, fits] of LENGTHS) {
    const text = 'x'.repeat(length);
    const found = fits ? text : TOO_LONG;
    for (const pieceLength of [1, LIMIT - 1, LIMIT, LIMIT + 1, 10 * LIMIT]) {
      const how = `${length} bytes in pieces of ${pieceLength} ${fits ? 'fit' : 'are too many'}`;
      test(`${how}, whatever the line end, and the next message is found`, () => {
        for (const end of LINE_ENDS) {
          const framer = new Framer();
          const messages = [...pieces(Buffer.from(`${text}${end}1\n`), [pieceLength])].flatMap(
            piece => receive(framer, piece),
          );
          assert.deepEqual(messages, [found, '1']);
        }
      });
      test(`${how}, without a line end`, () => {
        const framer = new Framer();
        const messages = [...pieces(Buffer.from(`${text}\r`), [pieceLength])].flatMap(piece =>
          receive(framer, piece),
        );
        assert.deepEqual([...messages, ...finish(framer)], [found]);
      });
    }
  }

  test('NUL before a message does not count, however much there is of it', () => {
    const framer = new Framer();
    const text = 'x'.repeat(LIMIT);
    for (let count = 0; count < 3; count++) receive(framer, '\0'.repeat(LIMIT));
    assert.deepEqual(receive(framer, `${text}\n`), [text]);
  });

  test('NUL inside a message counts', () => {
    const framer = new Framer();
    receive(framer, 'x');
    assert.deepEqual(receive(framer, '\0'.repeat(LIMIT)), []);
    assert.deepEqual(receive(framer, 'x\n'), [TOO_LONG]);
  });

  test('64 MiB without LF are too long once, and take no memory', () => {
    const framer = new Framer();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let found = 0;
    for (let count = 0; count < 1024; count++) {
      framer.receive(chunk, chunk.length);
      while (framer.next()) found++;
    }
    assert(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
    assert.equal(found, 1);
    assert.deepEqual(receive(framer, '\n1\n'), ['1']);
  });
});

describe('clients that pad what they send with NUL', () => {
  const LENGTHS = [80, 1024, MAX_MESSAGE_BYTES + 1];
  const padded = (text: string, length: number): Buffer =>
    Buffer.concat([Buffer.from(text)], length);

  /** Sends it in pieces of so many bytes, with a pause after each whole buffer, or each piece. */
  const speak = (buffers: readonly Buffer[], pieceLength: number, pauses: boolean): Found[] => {
    const framer = new Framer();
    return buffers.flatMap(buffer => [
      ...[...pieces(buffer, [pieceLength])].flatMap(piece => [
        ...receive(framer, piece),
        ...(pauses && framer.hasPartialMessage ? finish(framer) : []),
      ]),
      ...(framer.hasPartialMessage ? finish(framer) : []),
    ]);
  };

  for (const length of LENGTHS) {
    test(`behind LF, in buffers of ${length} bytes: one message each, wherever TCP splits them`, () => {
      const buffers = ['2 + 2\n', '\n', '3 + 3\n'].map(text => padded(text, length));
      for (const pieceLength of [6, 7, 40, 79, 80, 10_000]) {
        for (const pauses of [false, true]) {
          assert.deepEqual(speak(buffers, pieceLength, pauses), ['2 + 2', '', '3 + 3']);
        }
      }
    });

    test(`without LF, in buffers of ${length} bytes: one message each`, () => {
      const buffers = ['2 + 2', '', '3 + 3'].map(text => padded(text, length));
      for (const pieceLength of [1, 7, 40, 79, 80, 10_000]) {
        assert.deepEqual(speak(buffers, pieceLength, false), ['2 + 2', '', '3 + 3']);
      }
    });
  }
});

test('only the first bytes of what is lent are looked at', () => {
  const framer = new Framer();
  framer.receive(Buffer.from('1\n2\n3\n'), 3);
  assert.deepEqual(findAll(framer), ['1']);
  assert.deepEqual(finish(framer), ['2']);
});

test('what is kept outlives the loan', () => {
  const framer = new Framer();
  const lent = Buffer.from('1\n2\n3');
  framer.receive(lent, lent.length);
  assert.equal(framer.next(), 'message');
  assert.equal(framer.hasInput, true);
  framer.retainInput();
  lent.fill('!');
  assert.deepEqual(findAll(framer), ['2']);
  assert.deepEqual(finish(framer), ['3']);
});

test('any bytes in any pieces, kept or not, are the same messages in the same order', () => {
  fc.assert(
    fc.property(clientBytes, splitting, fc.boolean(), (bytes, lengths, keep) => {
      const framer = new Framer();
      const messages = [...pieces(bytes, lengths)].flatMap(piece => receive(framer, piece, keep));
      assert.deepEqual([...messages, ...finish(framer)], messagesOf(bytes));
    }),
    { numRuns: 120 },
  );
});

test('any bytes with any pauses between are the messages of what lies between the pauses', () => {
  fc.assert(
    fc.property(fc.array(clientBytes, { maxLength: 6 }), splitting, (breaths, lengths) => {
      const framer = new Framer();
      let hasSentLine = false;
      let left: Buffer = Buffer.alloc(0);
      for (const breath of breaths) {
        const messages = [...pieces(breath, lengths)].flatMap(piece => receive(framer, piece));
        if (framer.hasPartialMessage) messages.push(...finish(framer));
        // Behind an LF a pause ends nothing: what is unfinished goes on with the next breath.
        const bytes = Buffer.concat([left, breath]);
        const end: number =
          hasSentLine || bytes.includes('\n') ? bytes.lastIndexOf('\n') + 1 : bytes.length;
        left = Buffer.from(bytes.subarray(end));
        const tooLong = messagesOf(left, true)[0] === TOO_LONG;
        assert.deepEqual(
          messages.filter(message => message !== TOO_LONG),
          messagesOf(bytes.subarray(0, end), hasSentLine).filter(message => message !== TOO_LONG),
        );
        if (tooLong) return;
        hasSentLine ||= bytes.includes('\n');
      }
      assert.deepEqual(finish(framer), messagesOf(left, hasSentLine));
    }),
    { numRuns: 200 },
  );
});
