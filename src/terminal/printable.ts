/**
 * What clients send, made fit for the operator's terminal: control characters, escape sequences,
 * invisible and undecodable bytes are shown as escapes, and long texts are cut.
 */
import { type Buffer, isUtf8 } from 'node:buffer';

const SPACE = 0x20;
const TILDE = 0x7e;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const SMALL_N = 0x6e;

/** Characters shown of one message. */
const SHOWN = 200;

/** Bytes looked at: no character takes more than four. */
const LOOKED_AT = 4 * SHOWN;

/** No printable text is longer. */
export const MOST_PRINTED_BYTES = 4 * SHOWN + 64;

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

/**
 * Writes the printable text into `target` from `at` on, where MOST_PRINTED_BYTES must fit. A short
 * line of ASCII is written without a string being made.
 * @returns where it ends.
 */
export function writePrintable(
  target: Buffer,
  at: number,
  bytes: Buffer,
  start: number,
  end: number,
): number {
  const length = end - start <= SHOWN ? writeAscii(target, at, bytes, start, end) : 0;
  if (length > 0 && length <= SHOWN) return at + length;
  return at + target.write(printable(bytes, start, end), at);
}

/** @returns bytes written; 0 when there are others than printable ASCII and LF, shown as \n. */
function writeAscii(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  let to = at;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    if (byte >= SPACE && byte <= TILDE) {
      target[to++] = byte;
    } else if (byte === LF) {
      target[to++] = BACKSLASH;
      target[to++] = SMALL_N;
    } else {
      return 0;
    }
  }
  return to - at;
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
