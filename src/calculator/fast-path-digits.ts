/**
 * Writes whole numbers and quotients as bytes of ASCII digits, without making strings: the output
 * side of the fast path.
 */

/** Returned instead of the end of what was written: doubles cannot give an exact result. */
export const NEEDS_SLOW_PATH = -1;

/** Digits of a quotient whose decimals never end; the same as in format.ts. */
const SIGNIFICANT_DIGITS = 20;

/** Below this divisor, ten times a remainder is exact in a double, and so is a digit times it. */
const FIRST_LARGE_DIVISOR = 2 ** 49;

/** Numbers below this need only 32-bit arithmetic, which is faster. */
const HALF = 1e8;
const HALF_DIGITS = 8;

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const MINUS = 0x2d;

/** Writes a safe integer from `at` on. @returns its end, or NEEDS_SLOW_PATH for NaN. */
export function writeWhole(value: number, reply: Uint8Array, at: number): number {
  if (Number.isNaN(value)) return NEEDS_SLOW_PATH;
  let start = at;
  let magnitude = value;
  if (value < 0) {
    reply[start++] = MINUS;
    magnitude = -value;
  }
  if (magnitude < HALF) return writeShort(magnitude, lengthOf(magnitude), reply, start);
  const high = Math.floor(magnitude / HALF);
  const end = writeWhole(high, reply, start);
  return writeShort(magnitude - high * HALF, HALF_DIGITS, reply, end);
}

/** Writes exactly `length` digits, with leading zeros. */
function writeShort(value: number, length: number, reply: Uint8Array, at: number): number {
  let rest = value | 0;
  for (let index = at + length - 1; index >= at; index--) {
    const next = (rest / 10) | 0;
    reply[index] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + length;
}

function lengthOf(value: number): number {
  let length = 1;
  for (let next = 10; next <= value; next *= 10) length++;
  return length;
}

/** Writes a quotient that is not whole, by long division. @returns its end, or NEEDS_SLOW_PATH. */
export function writeQuotient(
  dividend: number,
  divisor: number,
  reply: Uint8Array,
  at: number,
): number {
  const below = Math.abs(divisor);
  const above = Math.abs(dividend);
  if (!(below > 0 && below < FIRST_LARGE_DIVISOR && above >= 0)) return NEEDS_SLOW_PATH;
  let end = at;
  if (dividend < 0 !== divisor < 0) reply[end++] = MINUS;
  let remainder = above % below;
  const whole = (above - remainder) / below;
  const first = end;
  end = writeWhole(whole, reply, end);
  let significant = whole === 0 ? 0 : end - first;
  reply[end++] = POINT;
  while (remainder !== 0 && significant < SIGNIFICANT_DIGITS) {
    const next = remainder * 10;
    remainder = next % below;
    const digit = (next - remainder) / below;
    reply[end++] = ZERO + digit;
    if (digit !== 0 || significant !== 0) significant++;
  }
  if (remainder === 0) return end;
  // Decimals that end after more than 20 digits are printed in full, on the slow path.
  if (hasFiniteDecimals(above, below)) return NEEDS_SLOW_PATH;
  return 2 * remainder > below ? roundUp(reply, first, end) : withoutZeros(reply, end);
}

function hasFiniteDecimals(above: number, below: number): boolean {
  let x = above;
  let y = below;
  while (y !== 0) [x, y] = [y, x % y];
  let rest = below / x;
  while (rest % 2 === 0) rest /= 2;
  while (rest % 5 === 0) rest /= 5;
  return rest === 1;
}

/** Adds one to the last digit. A carry beyond the point is rare: the slow path does it. */
function roundUp(reply: Uint8Array, first: number, end: number): number {
  let last = end - 1;
  while (last > first && reply[last] === NINE) last--;
  if (reply[last] === POINT || last === first) return NEEDS_SLOW_PATH;
  reply[last] = (reply[last] as number) + 1;
  return last + 1;
}

function withoutZeros(reply: Uint8Array, end: number): number {
  let last = end - 1;
  while (reply[last] === ZERO) last--;
  return reply[last] === POINT ? last : last + 1;
}
