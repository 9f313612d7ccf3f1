/**
 * Sums, products, quotients and remainders of exact numbers, in lowest terms.
 *
 * Common factors are removed from the operands before they are multiplied (Knuth, The Art of
 * Computer Programming, 4.5.1). The cost of the search then depends on the shorter operand, and
 * decimals need no search.
 */
import { MAX_DIGITS, problem } from './errors.ts';
import { greatestCommonDivisor } from './greatest-common-divisor.ts';
import { FIVE, removeFactor, TWO, tenTo } from './powers-of-ten.ts';
import { denominatorError, type Rational, rational } from './rational.ts';
import type { Work } from './work.ts';

export function negate({ numerator, denominator, places }: Rational): Rational {
  return { numerator: -numerator, denominator, places };
}

export function add(a: Rational, b: Rational, work: Work): Rational {
  const places = Math.max(a.places, b.places);
  const left = withPlaces(a, places);
  const right = withPlaces(b, places);
  if (a.denominator === 1n && b.denominator === 1n) return rational(left + right, 1n, places, work);
  const common = greatestCommonDivisor(a.denominator, b.denominator, work);
  const rest = exactQuotient(a.denominator, common);
  const sum = left * exactQuotient(b.denominator, common) + right * rest;
  const factor = greatestCommonDivisor(sum, common, work);
  return rational(
    exactQuotient(sum, factor),
    rest * exactQuotient(b.denominator, factor),
    places,
    work,
  );
}

/** The numerator of the same number with more places. */
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
    exactQuotient(a.numerator, one) * exactQuotient(b.numerator, other),
    exactQuotient(a.denominator, other) * exactQuotient(b.denominator, one),
    places,
    work,
  );
}

export function divide(a: Rational, b: Rational, work: Work): Rational {
  if (b.numerator === 0n) throw problem.divisionByZero();
  const above = greatestCommonDivisor(a.numerator, b.numerator, work);
  const below = greatestCommonDivisor(a.denominator, b.denominator, work);
  const numerator = exactQuotient(a.numerator, above) * exactQuotient(b.denominator, below);
  const divisor = exactQuotient(b.numerator, above);
  const twos = removeFactor(TWO, divisor < 0n ? -divisor : divisor, work);
  const fives = removeFactor(FIVE, twos.rest, work);
  const tens = Math.max(twos.count, fives.count);
  const places = a.places - b.places + tens;
  const denominator = exactQuotient(a.denominator, below) * fives.rest;
  if (places > MAX_DIGITS) throw denominatorError(denominator);
  return rational(
    (divisor < 0n ? -numerator : numerator) * multiplier(tens, twos.count, fives.count, -places),
    denominator,
    Math.max(0, places),
    work,
  );
}

/** The factor that turns the twos and fives removed from a divisor into tens. */
function multiplier(tens: number, twos: number, fives: number, zeros: number): bigint {
  if (tens === 0 && zeros <= 0) return 1n;
  return 2n ** BigInt(tens - twos) * 5n ** BigInt(tens - fives) * tenTo(Math.max(0, zeros));
}

/** The remainder of truncated division: it has the sign of `a`. */
export function remainder(a: Rational, b: Rational, work: Work): Rational {
  if (b.numerator === 0n) throw problem.divisionByZero();
  const places = Math.max(a.places, b.places);
  const common = greatestCommonDivisor(a.denominator, b.denominator, work);
  const rest = exactQuotient(a.denominator, common);
  const left = withPlaces(a, places) * exactQuotient(b.denominator, common);
  const denominator = rest * b.denominator;
  const numerator = left % (withPlaces(b, places) * rest);
  const factor = greatestCommonDivisor(numerator, denominator, work);
  return rational(
    exactQuotient(numerator, factor),
    exactQuotient(denominator, factor),
    places,
    work,
  );
}

/** Exact division. Most divisors are 1, and BigInt has no shortcut for 1. */
function exactQuotient(dividend: bigint, divisor: bigint): bigint {
  return divisor === 1n ? dividend : dividend / divisor;
}
