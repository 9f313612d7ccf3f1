/**
 * Numbers as they are written: `12 3.5 .5 5. 1e3 2.5E-7`. What counts against the limits is the
 * value, not the spelling, and it is counted from the positions of the digits: `1e999999999` is
 * refused, and `0e999999999` is zero, before any number is made.
 */
import { problem } from './errors.ts';
import { MAX_DIGITS } from './limits.ts';
import { tenTo } from './powers-of-ten.ts';
import { decimal, type Rational } from './rational.ts';

/** Digits that a double holds exactly. */
const SHORT = 15;

const POINT = 0x2e;
const SMALL_E = 0x65;
const LOWER_CASE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

/** Where the number ends that begins at `start`; `start` when none does. */
export function endOfLiteral(text: string, start: number): number {
  const point = endOfDigits(text, start);
  if (text.charCodeAt(point) !== POINT) return point === start ? start : endOfExponent(text, point);
  const end = endOfDigits(text, point + 1);
  return end - start > 1 ? endOfExponent(text, end) : start;
}

/** Without digits, `e` is not part of the number. */
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

/** The value of the number that is written from `start` to `end`. */
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
  /** Digits before the point, and after it, of the value; below 0 when zeros stand there. */
  const before = whole.length + Number(exponent) - first;
  const after = last + 1 - whole.length - Number(exponent);
  if (before > MAX_DIGITS) throw problem.tooLarge();
  if (after > MAX_DIGITS) throw problem.tooFine();
  const digits = BigInt(written.slice(first, last + 1));
  return after >= 0 ? decimal(digits, after) : decimal(digits * tenTo(-after), 0);
}

/** Nearly all numbers are short and without exponent, and this is much faster. */
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
