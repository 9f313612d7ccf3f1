/**
 * What clients send, made fit for the operator's terminal: control characters, escape sequences,
 * invisible and undecodable bytes are shown as escapes, and long texts are cut.
 */
import { type Buffer, isUtf8 } from 'node:buffer';

/** Characters shown of one message. */
const SHOWN = 200;

/** Bytes looked at: no character takes more than four. */
const LOOKED_AT = 4 * SHOWN;

const PLAIN = /^[ -~]*$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
const NOT_ASCII = /[^ -~]/g;
/** The beginning of an escape, or half of a character beyond U+FFFF. */
const CUT_SHORT = /(\\(x[0-9a-f]?|u(\{[0-9a-f]*)?)?|[\ud800-\udbff])$/;

/** Bytes `start` to `end` as one line of printable text. */
export function printable(bytes: Buffer, start: number, end: number): string {
  const shown = bytes.subarray(start, endOfCharacters(bytes, start, end));
  const text = shown.toString('latin1');
  if (PLAIN.test(text)) return cut(text, end - start);
  if (!isUtf8(shown)) return cut(text.replace(NOT_ASCII, escaped), end - start);
  return cut(shown.toString('utf8').replace(UNPRINTABLE, escaped), end - start);
}

/** Where to stop looking: not in the middle of a UTF-8 character. */
function endOfCharacters(bytes: Buffer, start: number, end: number): number {
  if (end - start <= LOOKED_AT) return end;
  const furthest = start + LOOKED_AT;
  let index = furthest;
  while (index > furthest - 4 && ((bytes[index] as number) & 0xc0) === 0x80) index--;
  return index;
}

function cut(text: string, bytes: number): string {
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN).replace(CUT_SHORT, '')}… (${bytes} bytes)`;
}

const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16);
  return NAMED[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`);
}
