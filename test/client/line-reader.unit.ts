/** Where a line of the input ends. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { LineReader } from '../../src/chat/input-lines.ts';
import { within } from '../support/deadline.ts';

function reading(): { input: PassThrough; lines: string[]; closed: () => Promise<unknown> } {
  const input = new PassThrough();
  const lines: string[] = [];
  const reader = new LineReader(input as unknown as NodeJS.ReadStream);
  reader.on('line', line => lines.push(line));
  return { input, lines, closed: () => within(once(reader, 'close'), 'the end of the input') };
}

describe('lines', () => {
  const CASES: [what: string, pieces: string[], lines: string[]][] = [
    ['end at LF', ['1\n2\n'], ['1', '2']],
    ['end at CRLF, and the CR is not part of them', ['1\r\n2\r\n'], ['1', '2']],
    ['end at CRLF in two pieces', ['1\r', '\n2\n'], ['1', '2']],
    ['do not end at CR', ['1\r2\n'], ['1\r2']],
    [
      'do not end at U+2028, U+2029 or U+0085',
      ['1\u2028 + \u20292\u0085\n'],
      ['1\u2028 + \u20292\u0085'],
    ],
    ['do not end at VT or FF', ['1\v2\f3\n'], ['1\v2\f3']],
    ['may be empty', ['\n\n1\n'], ['', '', '1']],
    ['in many pieces are whole', [...'22 + 44\n3'], ['22 + 44', '3']],
    ['without an end are complete at the end of the input', ['1\n2'], ['1', '2']],
    ['are none in an empty input', [], []],
  ];
  for (const [what, pieces, expected] of CASES) {
    test(what, async () => {
      const { input, lines, closed } = reading();
      for (const piece of pieces) input.write(piece);
      const ended = closed();
      input.end();
      await ended;
      assert.deepEqual(lines, expected);
    });
  }

  test('with a character in pieces are whole', async () => {
    const { input, lines, closed } = reading();
    for (const byte of Buffer.from('2 × 3 🙂\n')) input.write(Uint8Array.of(byte));
    const ended = closed();
    input.end();
    await ended;
    assert.deepEqual(lines, ['2 × 3 🙂']);
  });
});

test('an input without any line end is an error, and not held', async () => {
  const { input, lines } = reading();
  const failed = within(once(input, 'error'), 'an error');
  const piece = Buffer.alloc(64 * 1024);
  for (let count = 0; count < 100 && !input.destroyed; count++) {
    input.write(piece);
    await new Promise(setImmediate);
  }
  const [{ code }] = await failed;
  assert.equal(code, 'EMSGSIZE');
  assert.deepEqual(lines, []);
});
