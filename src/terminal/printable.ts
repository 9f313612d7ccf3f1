/**
 * Makes what clients send safe for the operator's terminal: one line of about 200 characters at most, with
 * escapes for backslashes, for invisible characters (escapes.ts) and for bytes that are not text. From a
 * line that was not cut, every byte can be recovered.
 */
import { type Buffer, isUtf8 } from 'node:buffer';
import { asOneLine, escapedByte } from './escapes.ts';

const SPACE = 0x20;
const TILDE = 0x7e;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const SMALL_N = 0x6e;

/** Characters shown of one message. */
const SHOWN = 200;

/** Bytes examined: no character takes more than four. */
const LOOKED_AT = 4 * SHOWN;

/** No printable text is longer. */
export const MOST_PRINTED_BYTES = 4 * SHOWN + 64;

/** Printable ASCII without the backslash. */
const PLAIN = /^[ -[\]-~]*$/;
/** In bytes that are not UTF-8, ASCII is still text, and every other byte is escaped. */
const ASCII_OR_BYTE = /[^\x80-\xff]+|[\x80-\xff]/g;
/** Whole escapes and characters from the beginning, without half of one at the end. */
const WHOLE =
  /^(?:[^\\\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff]|\\(?:[\\nrt]|x[0-9a-f]{2}|u\{[0-9a-f]+\}))*/;

/** Bytes `start` to `end` as one line of printable text. */
export function printable(bytes: Buffer, start: number, end: number): string {
  const shown = bytes.subarray(start, endOfCharacters(bytes, start, end));
  const text = shown.toString('latin1');
  if (PLAIN.test(text)) return cut(text, end - start);
  if (isUtf8(shown)) return cut(asOneLine(shown.toString('utf8')), end - start);
  const asText = (part: string): string =>
    part < '\x80' ? asOneLine(part) : escapedByte(part.charCodeAt(0));
  return cut(text.replace(ASCII_OR_BYTE, asText), end - start);
}

/**
 * Writes the printable text into `target` from `at` on, where MOST_PRINTED_BYTES must fit. For a short
 * line of ASCII it makes no string.
 * @returns where the text ends.
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

/** @returns the number of bytes written; 0 when not all are printable ASCII or LF. */
function writeAscii(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  let to = at;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    if (byte >= SPACE && byte <= TILDE) {
      if (byte === BACKSLASH) target[to++] = BACKSLASH;
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

/** Where to stop: not in the middle of a UTF-8 character. */
function endOfCharacters(bytes: Buffer, start: number, end: number): number {
  if (end - start <= LOOKED_AT) return end;
  const furthest = start + LOOKED_AT;
  let index = furthest;
  while (index > furthest - 4 && ((bytes[index] as number) & 0xc0) === 0x80) index--;
  return index;
}

function cut(text: string, bytes: number): string {
  if (text.length <= SHOWN) return text;
  const [whole] = WHOLE.exec(text.slice(0, SHOWN)) as unknown as [string];
  return `${whole}… (${bytes} bytes)`;
}
