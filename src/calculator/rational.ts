/**
 * Exact numbers. A number is `numerator / (denominator · 10^places)`: the tens of its denominator
 * are kept apart, so that decimals, which are nearly all that people send, are never reduced.
 *
 * The denominator has no factor in common with the numerator nor with 10, and is above 0; so it is
 * 1 exactly when the decimals of the number end. Keeping it so costs little because the factors
 * are looked for in the operands, before they are multiplied (Knuth, The Art of Computer
 * Programming, 4.5.1): a short operand makes a short search, however long the other is. Only the
 * numerator's zeros at the end stay until somebody has to know them.
 */
import { problem } from './errors.ts';
import { greatestCommonDivisor } from './greatest-common-divisor.ts';
import { MAX_DIGITS } from './limits.ts';
import { FIVE, TEN, TWO, takeOut, tenTo } from './powers-of-ten.ts';
import { type Work, words } from './work.ts';

/** Built by `rational` and the operations below alone: they keep what is said above. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly places: number;
}

const ZERO: Rational = { numerator: 0n, denominator: 1n, places: 0 };
export const ONE: Rational = { numerator: 1n, denominator: 1n, places: 0 };

const FIRST_TOO_LARGE = tenTo(MAX_DIGITS);
const LIMIT_WORDS = words(FIRST_TOO_LARGE);
const FAR_FROM_LIMIT = tenTo(MAX_DIGITS / 2);

/** `digits` with the last `places` of them behind the point, both known to be within the limits. */
export function decimal(digits: bigint, places: number): Rational {
  return digits === 0n ? ZERO : { numerator: digits, denominator: 1n, places };
}

/** A number within the limits; throws when it is outside. */
export function rational(
  numerator: bigint,
  denominator: bigint,
  places: number,
  work: Work,
): Rational {
  if (numerator === 0n) return ZERO;
  const number = { numerator, denominator, places };
  const within = isFine(number) ? number : withoutZeros(number, work);
  if (!isFine(within)) throw denominator === 1n ? problem.tooFine() : problem.denominatorTooLarge();
  if (isLarge(within, work)) throw problem.tooLarge();
  return within;
}

/** Whether denominator · 10^places is within 10^MAX_DIGITS. */
function isFine({ denominator, places }: Rational): boolean {
  if (places > MAX_DIGITS) return false;
  if (denominator === 1n || (denominator < FAR_FROM_LIMIT && places < MAX_DIGITS / 2)) return true;
  return denominator < tenTo(MAX_DIGITS - places);
}

function isLarge({ numerator, denominator, places }: Rational, work: Work): boolean {
  if (-FIRST_TOO_LARGE < numerator && numerator < FIRST_TOO_LARGE) return false;
  work.operation(words(denominator), LIMIT_WORDS);
  const first = denominator * tenTo(MAX_DIGITS + places);
  return numerator >= first || numerator <= -first;
}

/** The same number with as few places as it can have. */
export function withoutZeros(number: Rational, work: Work): Rational {
  if (number.places === 0) return number;
  const { numerator, denominator, places } = number;
  const { count, rest } = takeOut(TEN, numerator, work);
  if (count === 0) return number;
  return count <= places
    ? { numerator: rest, denominator, places: places - count }
    : { numerator: rest * tenTo(count - places), denominator, places: 0 };
}

/** How long the numbers are that make it up, in 64-bit words, roughly. */
export function sizeOf({ numerator, denominator, places }: Rational): number {
  return words(numerator) + (denominator === 1n ? 0 : words(denominator)) + (places >> 4);
}

export function negate({ numerator, denominator, places }: Rational): Rational {
  return { numerator: -numerator, denominator, places };
}

export function add(a: Rational, b: Rational, work: Work): Rational {
  const places = Math.max(a.places, b.places);
  const left = withPlaces(a, places);
  const right = withPlaces(b, places);
  if (a.denominator === 1n && b.denominator === 1n) return rational(left + right, 1n, places, work);
  const common = greatestCommonDivisor(a.denominator, b.denominator, work);
  const rest = over(a.denominator, common);
  const sum = left * over(b.denominator, common) + right * rest;
  const again = greatestCommonDivisor(sum, common, work);
  return rational(over(sum, again), rest * over(b.denominator, again), places, work);
}

/** The numerator of a number that is given more places. */
function withPlaces(number: Rational, places: number): bigint {
  return places === number.places
    ? number.numerator
    : number.numerator * tenTo(places - number.places);
}

export function subtract(a: Rational, b: Rational, work: Work): Rational {
  return add(a, negate(b), work);
}

export function multiply(a: Rational, b: Rational, work: Work): Rational {
  const places = a.places + b.places;
  if (a.denominator === 1n && b.denominator === 1n) {
    return rational(a.numerator * b.numerator, 1n, places, work);
  }
  const one = greatestCommonDivisor(a.numerator, b.denominator, work);
  const other = greatestCommonDivisor(b.numerator, a.denominator, work);
  return rational(
    over(a.numerator, one) * over(b.numerator, other),
    over(a.denominator, other) * over(b.denominator, one),
    places,
    work,
  );
}

export function divide(a: Rational, b: Rational, work: Work): Rational {
  if (b.numerator === 0n) throw problem.divisionByZero();
  const above = greatestCommonDivisor(a.numerator, b.numerator, work);
  const below = greatestCommonDivisor(a.denominator, b.denominator, work);
  const numerator = over(a.numerator, above) * over(b.denominator, below);
  const divisor = over(b.numerator, above);
  const twos = takeOut(TWO, divisor < 0n ? -divisor : divisor, work);
  const fives = takeOut(FIVE, twos.rest, work);
  const tens = Math.max(twos.count, fives.count);
  const places = a.places - b.places + tens;
  if (places > MAX_DIGITS) throw problem.tooFine();
  return rational(
    (divisor < 0n ? -numerator : numerator) * multiplier(tens, twos.count, fives.count, -places),
    over(a.denominator, below) * fives.rest,
    Math.max(0, places),
    work,
  );
}

/** What makes up for twos and fives that were taken out of a divisor as so many tens. */
function multiplier(tens: number, twos: number, fives: number, zeros: number): bigint {
  if (tens === 0 && zeros <= 0) return 1n;
  return 2n ** BigInt(tens - twos) * 5n ** BigInt(tens - fives) * tenTo(Math.max(0, zeros));
}

/** What is left of `a` when `b` is taken away as often as it goes whole; it has the sign of `a`. */
export function remainder(a: Rational, b: Rational, work: Work): Rational {
  if (b.numerator === 0n) throw problem.divisionByZero();
  const places = Math.max(a.places, b.places);
  const common = greatestCommonDivisor(a.denominator, b.denominator, work);
  const rest = over(a.denominator, common);
  const left = withPlaces(a, places) * over(b.denominator, common);
  const denominator = rest * b.denominator;
  const numerator = left % (withPlaces(b, places) * rest);
  const again = greatestCommonDivisor(numerator, denominator, work);
  return rational(over(numerator, again), over(denominator, again), places, work);
}

/** A quotient that is whole. Most divisors are 1, and BigInt does not look. */
function over(dividend: bigint, divisor: bigint): bigint {
  return divisor === 1n ? dividend : dividend / divisor;
}
