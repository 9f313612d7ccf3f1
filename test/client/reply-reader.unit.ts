import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import { LONGEST_REPLY, ReplyReader } from '../../src/chat/replies.ts';

const PAUSE = Symbol('pause');
type Step = string | Buffer | typeof PAUSE;

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** What is shown after each step: a reply, or undefined. */
function read(steps: readonly Step[], reader = new ReplyReader()): (string | undefined)[] {
  return steps.map(step =>
    step === PAUSE ? reader.flush() : reader.receive(Buffer.from(step as string)),
  );
}

describe('a reply', () => {
  const CASES: [what: string, steps: Step[], replies: (string | undefined)[]][] = [
    ['that ends with LF is complete at once', ['66\n'], ['66']],
    ['that ends with CRLF', ['66\r\n'], ['66']],
    ['in two pieces', ['6', '6\n'], [undefined, '66']],
    ['whose LF comes alone', ['66', '\n'], [undefined, '66']],
    ['that is an empty line', ['\n'], ['']],
    ['without LF is complete at a pause', ['66', PAUSE], [undefined, '66']],
    [
      'without LF, one after the other',
      ['66', PAUSE, '4', PAUSE],
      [undefined, '66', undefined, '4'],
    ],
    ['a pause without a reply', [PAUSE, '66\n', PAUSE], [undefined, '66', undefined]],
    ['padded with NUL', ['66\0\0\0\0', '4\0\0'], ['66', '4']],
    [
      'padded with NUL, whose padding is split',
      ['66\0\0', '\0\0', '4\0\0'],
      ['66', undefined, '4'],
    ],
    ['with a NUL in a piece of its own', ['66', '\0', PAUSE], [undefined, undefined, '66']],
    ['with LF and padding', ['66\n\0\0'], ['66']],
    ['with garbage after NUL', ['66\0old text\n'], ['66']],
    ['of several lines', ['one\ntwo\nthree\n'], ['one\ntwo\nthree']],
    ['of several lines, without the last LF', ['one\ntwo', PAUSE], [undefined, 'one\ntwo']],
    ['with empty lines at its end', ['66\n\n\n'], ['66']],
    ['with an empty line inside', ['a\n\nb\n'], ['a\n\nb']],
    ['after a greeting', ['Welcome!\n', '66\n'], ['Welcome!', '66']],
    ['after a greeting without LF', ['Welcome!', PAUSE, '66\n'], [undefined, 'Welcome!', '66']],
    ['in colour', ['\x1b[1;32m66\x1b[0m\n'], ['66']],
    ['that sets the title of the window', ['\x1b]0;owned\x0766\n'], ['66']],
    ['in colour, with a bell behind', ['\x1b[31mred\x07\n'], ['red']],
    ['with a string that never ends', ['\x1b]0;title\n'], ['0;title']],
    ['with a string that ends in ST', ['\x1bPdata\x1b\\66\n'], ['66']],
    ['with other escape sequences', ['\x1bc\x1b(B6\x1b[2J\x9b1m6\x1b[?25l\n'], ['66']],
    ['with half an escape sequence', ['66\x1b[3\n'], ['66']],
    ['with control characters', ['6\x07\x086\x7f\x9b\n'], ['66']],
    ['with tabs', ['a\tb\n'], ['a\tb']],
    ['with a backslash', ['C:\\new\n'], ['C:\\new']],
    [
      'with what is invisible',
      ['6\u202e6\u200b\u3164\u2800\ufe0f\u00a0\n'],
      ['6\\u{202e}6\\u{200b}\\u{3164}\\u{2800}\\u{fe0f}\\u{a0}'],
    ],
    [
      'with a tower of accents',
      [`6${'\u0301'.repeat(6)}\n`],
      [`6${'\u0301'.repeat(4)}\\u{301}\\u{301}`],
    ],
    ['in UTF-8', ['é 你 🙂\n'], ['é 你 🙂']],
    ['with a character in two pieces', [hex('c3'), hex('a9 0a')], [undefined, 'é']],
    [
      'with a character in four',
      [hex('f0'), hex('9f'), hex('99'), hex('82 0a')],
      [undefined, undefined, undefined, '🙂'],
    ],
    ['with half a character', [hex('36 c3'), PAUSE], [undefined, '6\ufffd']],
    [
      'with half a character, and the next is whole',
      [hex('36 c3'), PAUSE, '4\n'],
      [undefined, '6\ufffd', '4'],
    ],
  ];
  for (const [what, steps, replies] of CASES) {
    test(what, () => {
      assert.deepEqual(read(steps), replies);
    });
  }
});

describe('a pause would complete a reply', () => {
  const CASES: [what: string, steps: Step[], endsAtPause: boolean][] = [
    ['not before anything has come', [], false],
    ['after bare text', ['66'], true],
    ['not after LF', ['66\n'], false],
    ['not after padding', ['66\0\0'], false],
    ['not twice', ['66', PAUSE], false],
    ['after bare text again', ['66', PAUSE, '4'], true],
    ['not in a line of a server that sends LF', ['66\n', '4'], false],
  ];
  for (const [what, steps, endsAtPause] of CASES) {
    test(what, () => {
      const reader = new ReplyReader();
      read(steps, reader);
      assert.equal(reader.endsAtPause, endsAtPause);
    });
  }
});

describe('a reply that does not end', () => {
  const PIECE = Buffer.alloc(64 * 1024, 'x');

  /** A reader that has received one piece too many, and its replies. */
  function overfilled(): { reader: ReplyReader; replies: string[] } {
    const reader = new ReplyReader();
    const replies: string[] = [];
    for (let length = 0; length <= LONGEST_REPLY; length += PIECE.length) {
      const reply = reader.receive(PIECE);
      if (reply !== undefined) replies.push(reply);
    }
    return { reader, replies };
  }

  test('is truncated, with a mark', () => {
    const { replies } = overfilled();
    assert.deepEqual(replies, [`${'x'.repeat(LONGEST_REPLY)}… (truncated: longer than 1 MiB)`]);
  });

  const ENDS: [what: string, steps: Step[]][] = [
    ['a line end', [PIECE, 'x\n']],
    ['a pause', [PIECE, PAUSE]],
    ['padding', [PIECE, 'x\0\0']],
  ];
  for (const [what, steps] of ENDS) {
    test(`is dropped up to its end at ${what}, and the next is whole`, () => {
      const { reader } = overfilled();
      assert.equal(reader.endsAtPause, true);
      assert.deepEqual(read([...steps, '66\n'], reader), [undefined, undefined, '66']);
      assert.equal(reader.endsAtPause, false);
    });
  }

  test('ends at a pause too, though earlier replies ended with LF', () => {
    const reader = new ReplyReader();
    read(['66\n'], reader);
    for (let length = 0; length <= LONGEST_REPLY; length += PIECE.length) reader.receive(PIECE);
    assert.equal(reader.endsAtPause, true);
  });

  test('of line feeds takes no longer than any other', () => {
    const text = `${'\n'.repeat(200_000)}x\n`;
    // Ten seconds per 64 KiB, if each line feed is taken for the first of the last ones.
    assert.equal(read([text])[0]?.length, 200_001);
  });
});

test('a greeting that ends with LF does not mean that replies do', () => {
  const reader = new ReplyReader();
  assert.equal(reader.receive(Buffer.from('Welcome!\n'), false), 'Welcome!');
  reader.receive(Buffer.from('66'));
  assert.equal(reader.endsAtPause, true);
  assert.equal(reader.flush(), '66');
});
