/**
 * Exact numbers. A number is `numerator / (denominator · 10^places)`: the tens of its denominator
 * are kept apart, so that decimals, which are nearly all that people send, are never reduced.
 *
 * The denominator has no factor in common with the numerator nor with 10, and is above 0; so it is
 * 1 exactly when the decimals of the number end. Only the numerator's zeros at the end stay until
 * somebody has to know them.
 */
import { type CalculatorError, problem } from './errors.ts';
import { MAX_DIGITS } from './limits.ts';
import { TEN, takeOut, tenTo } from './powers-of-ten.ts';
import { type Work, words } from './work.ts';

/** Built by `decimal`, `rational` and arithmetic.ts alone: they keep what is said above. */
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
  if (!isFine(within)) throw notFine(denominator);
  if (isLarge(within, work)) throw problem.tooLarge();
  return within;
}

/** The error for a number of so fine a grain. */
export function notFine(denominator: bigint): CalculatorError {
  return denominator === 1n ? problem.tooFine() : problem.denominatorTooLarge();
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
