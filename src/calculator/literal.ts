/**
 * Number literals: `12 3.5 .5 5. 1e3 2.5E-7`. The limits apply to the value, not to its spelling, and
 * are checked on the positions of the digits before any number is built: `1e999999999` is refused,
 * `0e999999999` is zero.
 */
import { MAX_DIGITS, problem } from './errors.ts';
import { tenTo } from './powers-of-ten.ts';
import { decimal, type Rational } from './rational.ts';

/** Digits that a double holds exactly. */
const SHORT = 15;

const POINT = 0x2e;
const SMALL_E = 0x65;
const LOWER_CASE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** The end of the number that begins at `start`; `start` itself when there is no number. */
export function endOfLiteral(text: string, start: number): number {
  const point = endOfDigits(text, start);
  if (text.charCodeAt(point) !== POINT) return point === start ? start : endOfExponent(text, point);
  const end = endOfDigits(text, point + 1);
  return end - start > 1 ? endOfExponent(text, end) : start;
}

/** An `e` without digits after it is not part of the number. */
function endOfExponent(text: string, start: number): number {
  if ((text.charCodeAt(start) | LOWER_CASE) !== SMALL_E) return start;
  const sign = text[start + 1];
  const digits = sign === '+' || sign === '-' ? start + 2 : start + 1;
  const end = endOfDigits(text, digits);
  return end > digits ? end : start;
}

function endOfDigits(text: string, start: number): number {
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** The value of the literal from `start` to `end`. */
export function literalValue(text: string, start: number, end: number): Rational {
  if (end - start <= SHORT) {
    const value = shortValue(text, start, end);
    if (value) return value;
  }
  const literal = text.slice(start, end);
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const written = whole + fraction;
  const first = firstNonZero(written);
  if (first === written.length) return decimal(0n, 0);
  const last = lastNonZero(written);
  /** Digits of the value before and after the point; negative when zeros stand there instead. */
  const before = whole.length + Number(exponent) - first;
  const after = last + 1 - whole.length - Number(exponent);
  if (before > MAX_DIGITS) throw problem.tooLarge();
  if (after > MAX_DIGITS) throw problem.tooManyDecimals();
  const digits = BigInt(written.slice(first, last + 1));
  return after >= 0 ? decimal(digits, after) : decimal(digits * tenTo(-after), 0);
}

/** Most numbers are short and have no exponent; for them this is much faster. */
function shortValue(text: string, start: number, end: number): Rational | undefined {
  let value = 0;
  let places = 0;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) value = value * 10 + (code - ZERO);
    else if (code === POINT) places = end - index - 1;
    else return undefined;
  }
  return decimal(BigInt(value), places);
}

function firstNonZero(digits: string): number {
  let index = 0;
  while (digits[index] === '0') index++;
  return index;
}

function lastNonZero(digits: string): number {
  let index = digits.length - 1;
  while (digits[index] === '0') index--;
  return index;
}
