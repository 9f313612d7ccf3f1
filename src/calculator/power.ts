/**
 * Powers with whole exponents, by repeated squaring from the top bit of the exponent. Every step is
 * then a smaller power of the same base, so the first step beyond a limit ends the calculation:
 * `9^9^9` is refused after a dozen multiplications.
 */
import { divide } from './arithmetic.ts';
import { problem } from './errors.ts';
import { ONE, type Rational, rational, sizeOf, withoutZeros } from './rational.ts';
import type { Work } from './work.ts';

/** @param column of the exponent, for the error message. */
export function power(base: Rational, exponent: Rational, column: number, work: Work): Rational {
  const { numerator: times, denominator, places } = withoutZeros(exponent, work);
  if (denominator !== 1n || places !== 0) throw problem.fractionalExponent(column);
  if (times === 0n) return ONE;
  if (times < 0n) return raise(withoutZeros(divide(ONE, base, work), work), -times, work);
  return raise(withoutZeros(base, work), times, work);
}

function raise(base: Rational, times: bigint, work: Work): Rational {
  const { numerator, denominator, places } = base;
  if (numerator === 0n || (denominator === 1n && places === 0 && isUnit(numerator))) {
    return times % 2n === 0n && numerator !== 0n ? ONE : base;
  }
  let result = base;
  for (const bit of times.toString(2).slice(1)) {
    result = product(result, result, work);
    if (bit === '1') result = product(result, base, work);
  }
  return result;
}

function isUnit(value: bigint): boolean {
  return value === 1n || value === -1n;
}

/** Powers of one number in lowest terms have no common factors, so there is no search. */
function product(a: Rational, b: Rational, work: Work): Rational {
  work.operation(sizeOf(a), sizeOf(b));
  return rational(
    a.numerator * b.numerator,
    a.denominator * b.denominator,
    a.places + b.places,
    work,
  );
}
