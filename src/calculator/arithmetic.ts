/**
 * Sums, products, quotients and remainders of exact numbers, in lowest terms. That costs little
 * because common factors are looked for in the operands, before they are multiplied (Knuth, The
 * Art of Computer Programming, 4.5.1): a short operand makes a short search, however long the
 * other is, and decimals make none.
 */
import { problem } from './errors.ts';
import { greatestCommonDivisor } from './greatest-common-divisor.ts';
import { MAX_DIGITS } from './limits.ts';
import { FIVE, TWO, takeOut, tenTo } from './powers-of-ten.ts';
import { notFine, type Rational, rational } from './rational.ts';
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
  const denominator = over(a.denominator, below) * fives.rest;
  if (places > MAX_DIGITS) throw notFine(denominator);
  return rational(
    (divisor < 0n ? -numerator : numerator) * multiplier(tens, twos.count, fives.count, -places),
    denominator,
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
