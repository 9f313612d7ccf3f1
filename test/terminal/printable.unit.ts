import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MOST_PRINTED_BYTES, printable, writePrintable } from '../../src/terminal/printable.ts';

const SHOWN = 200;

/** As a string and as bytes, which must be equal. */
function shown(what: string | Uint8Array): string {
  const bytes = Buffer.from(what as string);
  const text = printable(bytes, 0, bytes.length);
  const target = Buffer.alloc(2 + MOST_PRINTED_BYTES);
  const end = writePrintable(target, 2, bytes, 0, bytes.length);
  assert.equal(target.toString('utf8', 2, end), text);
  return text;
}

describe('what clients send is shown as printable text', () => {
  const TEXTS: [text: string, shown: string][] = [
    ['', ''],
    ['22 + 44', '22 + 44'],
    ['~ !"', '~ !"'],
    ['\\', '\\\\'],
    ['\\x1b', '\\\\x1b'],
    ['\x1b', '\\x1b'],
    ['\\n\n', '\\\\n\\n'],
    ['héllo × 你好 🙂', 'héllo × 你好 🙂'],
    ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
    ['\0', '\\x00'],
    ['\x07\x08', '\\x07\\x08'],
    ['\x1b[2J', '\\x1b[2J'],
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['\x7f', '\\x7f'],
    ['é\x1b[2J', 'é\\x1b[2J'],
    ['\x80\x9b2J', '\\u{80}\\u{9b}2J'],
    ['\xad', '\\u{ad}'],
    ['\xa0\u3000', '\\u{a0}\\u{3000}'],
    ['\u3164\uffa0\u115f', '\\u{3164}\\u{ffa0}\\u{115f}'],
    ['\u2800\u{1d159}\u{16fe4}', '\\u{2800}\\u{1d159}\\u{16fe4}'],
    ['a\ufe0f\u034f\u17b4', 'a\\u{fe0f}\\u{34f}\\u{17b4}'],
    ['e\u0301 \u0928\u094d\u0926\u0940', 'e\u0301 \u0928\u094d\u0926\u0940'],
    [`a${'\u0301'.repeat(6)}b`, `a${'\u0301'.repeat(4)}\\u{301}\\u{301}b`],
    ['\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['\u202e\u202d\u2066\u2069', '\\u{202e}\\u{202d}\\u{2066}\\u{2069}'],
    ['\u200b\u200e\ufeff', '\\u{200b}\\u{200e}\\u{feff}'],
    ['\ue000\u{f0000}', '\\u{e000}\\u{f0000}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\uffff', '\\u{ffff}'],
  ];
  for (const [text, expected] of TEXTS) {
    test(`${JSON.stringify(text)} is shown as ${expected}`, () => {
      assert.equal(shown(text), expected);
    });
  }

  const NOT_UTF8: [hex: string, shown: string][] = [
    ['ff', '\\xff'],
    ['6131fe', 'a1\\xfe'],
    ['c3', '\\xc3'],
    ['c3a9ff', '\\xc3\\xa9\\xff'],
    ['eda080', '\\xed\\xa0\\x80'],
    ['c09b', '\\xc0\\x9b'],
    ['1bff', '\\x1b\\xff'],
    ['5cff', '\\\\\\xff'],
  ];
  for (const [hex, expected] of NOT_UTF8) {
    test(`the bytes ${hex}, which are not UTF-8, are shown as ${expected}`, () => {
      assert.equal(shown(Buffer.from(hex, 'hex')), expected);
    });
  }

  test('only the bytes from start to end are shown', () => {
    assert.equal(printable(Buffer.from('abcdef'), 2, 4), 'cd');
  });
});

describe('long messages are cut', () => {
  const PREFIXES = ['', 'x', 'xx', 'xxx'];
  const CHARACTERS = ['a', 'é', '你', '🙂'];
  for (const character of CHARACTERS) {
    for (const count of [250, 500, 1000]) {
      test(`${count} times ${character}, wherever the cut falls`, () => {
        for (const prefix of PREFIXES) {
          const text = prefix + character.repeat(count);
          const [whole, suffix] = [shown(text), `… (${Buffer.byteLength(text)} bytes)`];
          assert(whole.endsWith(suffix), whole);
          const cut = whole.slice(0, -suffix.length);
          assert(text.startsWith(cut), cut);
          assert.doesNotMatch(cut, /\p{Cs}/u, 'half a character is shown');
          assert(cut.length === SHOWN || cut.length === SHOWN - 1, `${cut.length} are shown`);
        }
      });
    }
  }

  const LENGTHS: [text: string, shown: string][] = [
    ['x'.repeat(SHOWN), 'x'.repeat(SHOWN)],
    ['x'.repeat(SHOWN + 1), `${'x'.repeat(SHOWN)}… (201 bytes)`],
    ['é'.repeat(SHOWN), 'é'.repeat(SHOWN)],
    ['é'.repeat(SHOWN + 1), `${'é'.repeat(SHOWN)}… (402 bytes)`],
    ['\0'.repeat(SHOWN), `${'\\x00'.repeat(SHOWN / 4)}… (200 bytes)`],
    [`${'x'.repeat(SHOWN - 4)}\x1b`, `${'x'.repeat(SHOWN - 4)}\\x1b`],
    [`${'x'.repeat(SHOWN - 3)}\x1b`, `${'x'.repeat(SHOWN - 3)}… (198 bytes)`],
    [`${'x'.repeat(SHOWN - 1)}\n`, `${'x'.repeat(SHOWN - 1)}… (200 bytes)`],
    [`${'x'.repeat(SHOWN - 5)}\u202e`, `${'x'.repeat(SHOWN - 5)}… (198 bytes)`],
    [`${'x'.repeat(SHOWN - 1)}\\`, `${'x'.repeat(SHOWN - 1)}… (200 bytes)`],
    [`${'x'.repeat(SHOWN - 3)}\\x1`, `${'x'.repeat(SHOWN - 3)}\\\\x… (200 bytes)`],
  ];
  for (const [text, expected] of LENGTHS) {
    test(`200 characters at most, and no part of an escape: ${expected.slice(SHOWN - 8)}`, () => {
      assert.equal(shown(text), expected);
    });
  }

  test('bytes that are not UTF-8 are escaped in a long message too', () => {
    assert.equal(shown(Buffer.alloc(2000, 0xff)), `${'\\xff'.repeat(SHOWN / 4)}… (2000 bytes)`);
    const continuations = shown(Buffer.alloc(2000, 0x80));
    assert.equal(continuations, `${'\\x80'.repeat(SHOWN / 4)}… (2000 bytes)`);
  });
});

/** What a terminal obeys or shows nothing for, as the properties of Unicode have it. */
const NOT_VISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Takes the escapes back: the bytes that were shown. */
function bytesOf(shown: string): Buffer {
  const named: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  const parts = shown.match(/\\(?:[nrt\\]|x..|u\{[^}]+\})|[^\\]+/gu) ?? [];
  return Buffer.concat(
    parts.map(part => {
      if (part[0] !== '\\') return Buffer.from(part);
      if (part[1] === 'x') return Buffer.from(part.slice(2), 'hex');
      if (part[1] !== 'u') return Buffer.from(named[part[1] as string] as string);
      return Buffer.from(String.fromCodePoint(Number.parseInt(part.slice(3, -1), 16)));
    }),
  );
}

describe('whatever the bytes', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('\x1b', '\n', '\r', '\x9b', '\u2028', '\u202e', '🙂'.repeat(60)),
    fc.constantFrom('\\', '\\x1b', '\\u{1b}', '\\\\', '\u0301'.repeat(9), '\ufe0f', '\u3164'),
  );
  const parts = fc.array(part, { maxLength: 8 });
  const joined = (parts: (string | Uint8Array)[]): Buffer =>
    Buffer.concat(parts.map(part => Buffer.from(part as string)));

  test('one short line is shown, of nothing that is invisible, obeyed, or half', () => {
    fc.assert(
      fc.property(parts, parts => {
        const text = shown(joined(parts)).replaceAll(' ', '');
        assert.doesNotMatch(text, NOT_VISIBLE);
        assert.doesNotMatch(text, /\p{M}{5}/u);
        assert.ok(text.length <= 220);
      }),
      { numRuns: 500 },
    );
  });

  test('from an uncut line every byte can be recovered', () => {
    fc.assert(
      fc.property(parts, parts => {
        const bytes = joined(parts);
        const text = shown(bytes);
        fc.pre(!/… \(\d+ bytes\)$/.test(text));
        assert.deepEqual(bytesOf(text), bytes);
      }),
      { numRuns: 500 },
    );
  });

  test('lines of ASCII about as long as are shown', () => {
    const unit = fc.constantFrom('a', '~', ' ', '\n', '\t', '\\');
    const lines = fc.string({ unit, minLength: SHOWN / 2, maxLength: SHOWN + 5 });
    fc.assert(fc.property(lines, line => assert.match(shown(line), /^[ -~…]*$/)));
  });
});
