/**
 * Exact numbers. A number is `numerator / (denominator · 10^places)`. The tens of the denominator are
 * kept apart, so that decimals, which are most of what clients send, are never reduced.
 *
 * The denominator is above 0 and has no common factor with the numerator or with 10. So it is 1
 * exactly when the decimals of the number end. Zeros at the end of the numerator are allowed, and
 * removed only where they matter.
 */
import { type CalculatorError, MAX_DIGITS, problem } from './errors.ts';
import { removeFactor, TEN, tenTo } from './powers-of-ten.ts';
import { type Work, words } from './work.ts';

/** Built only by `decimal`, `rational` and arithmetic.ts, which keep the invariants above. */
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

/** `digits / 10^places`. The caller has checked both against the limits. */
export function decimal(digits: bigint, places: number): Rational {
  return digits === 0n ? ZERO : { numerator: digits, denominator: 1n, places };
}

/** A number within the limits. Throws when it is outside. */
export function rational(
  numerator: bigint,
  denominator: bigint,
  places: number,
  work: Work,
): Rational {
  if (numerator === 0n) return ZERO;
  const number = { numerator, denominator, places };
  const within = fitsDenominatorLimit(number) ? number : withoutZeros(number, work);
  if (!fitsDenominatorLimit(within)) throw denominatorError(denominator);
  if (isLarge(within, work)) throw problem.tooLarge();
  return within;
}

/** The error for a number that exceeds the limit of denominator · 10^places. */
export function denominatorError(denominator: bigint): CalculatorError {
  return denominator === 1n ? problem.tooManyDecimals() : problem.denominatorTooLarge();
}

/** Whether denominator · 10^places is within 10^MAX_DIGITS. */
function fitsDenominatorLimit({ denominator, places }: Rational): boolean {
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

/** The same number with as few places as possible. */
export function withoutZeros(number: Rational, work: Work): Rational {
  if (number.places === 0) return number;
  const { numerator, denominator, places } = number;
  const { count, rest } = removeFactor(TEN, numerator, work);
  if (count === 0) return number;
  return count <= places
    ? { numerator: rest, denominator, places: places - count }
    : { numerator: rest * tenTo(count - places), denominator, places: 0 };
}

/** The approximate size of a number in 64-bit words. */
export function sizeOf({ numerator, denominator, places }: Rational): number {
  return words(numerator) + (denominator === 1n ? 0 : words(denominator)) + (places >> 4);
}
