/** Which characters are shown, and which become escapes: for one line, and for several. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { asLines, asOneLine, displayable } from '../../src/terminal/escapes.ts';

/** What a terminal obeys or shows nothing for, as the properties of Unicode have it. */
const NOT_VISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** What Unicode names blank, null or filler, in no such property. */
const NAMED_BLANK = /[\u2800\u{1d159}\u{13441}\u{13442}\u{16fe4}]/u;

describe('every character of Unicode', () => {
  test('is itself or an escape: the invisible ones, the backslash, and no others', () => {
    const wrong: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      const isHidden = NOT_VISIBLE.test(character) || NAMED_BLANK.test(character);
      const mustBeEscaped = character === '\\' || (isHidden && character !== ' ');
      if (mustBeEscaped === (asOneLine(character) === character)) wrong.push(code.toString(16));
    }
    assert.deepEqual(wrong, []);
  });

  test('is the same in several lines, but for line ends, tabs and backslashes', () => {
    assert.equal(asLines('a\tb\nC:\\ \u202e\x07'), 'a\tb\nC:\\ \\u{202e}\\x07');
  });
});

test('whatever a server sends, nothing invisible is shown, and nothing that a terminal obeys', () => {
  const text = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('\x1b[', '\x1b]', '\x9b', '\u202e', '\u200b', '\ufe0f', '\u0301'.repeat(7)),
    ),
  );
  fc.assert(
    fc.property(text, parts => {
      const shown = displayable(parts.join(''));
      const others = shown.replace(/[ \n\t]/g, '');
      assert.doesNotMatch(others, NOT_VISIBLE);
      assert.doesNotMatch(others, NAMED_BLANK);
      assert.doesNotMatch(others, /\p{M}{5}/u);
    }),
    { numRuns: 500 },
  );
});
