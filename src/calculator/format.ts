/** Prints an exact number: in full where its decimals end, else rounded to 20 significant digits. */
import { problem } from './errors.ts';
import { MAX_DIGITS } from './limits.ts';
import { type Rational, reduce } from './rational.ts';

/** Digits of a result whose decimals never end. */
const SIGNIFICANT_DIGITS = 20;

export function format(value: Rational): string {
  const { numerator, denominator } = reduce(value);
  const sign = numerator < 0n ? '-' : '';
  const magnitude = numerator < 0n ? -numerator : numerator;
  const wholeDigits = digitsOf(magnitude / denominator);
  if (wholeDigits > MAX_DIGITS) throw problem.tooLarge();
  const places = placesOf(denominator);
  if (places !== undefined && places <= MAX_DIGITS) {
    return sign + pointAt((magnitude * 10n ** BigInt(places)) / denominator, places);
  }
  if (places !== undefined) throw problem.tooFine();
  const rounded = roundedPlaces(magnitude, denominator, wholeDigits);
  if (rounded > MAX_DIGITS) throw problem.tooFine();
  const text = pointAt(roundHalfEven(magnitude * 10n ** BigInt(rounded), denominator), rounded);
  return sign + (rounded > 0 ? text.replace(/\.?0+$/, '') : text);
}

function digitsOf(value: bigint): number {
  return value === 0n ? 0 : value.toString().length;
}

/** Decimals of a fraction in lowest terms; undefined when they never end. */
function placesOf(denominator: bigint): number | undefined {
  let twos = 0;
  let fives = 0;
  let rest = denominator;
  for (; rest % 2n === 0n; rest /= 2n) twos++;
  for (; rest % 5n === 0n; rest /= 5n) fives++;
  return rest === 1n ? Math.max(twos, fives) : undefined;
}

/** Places after the point that make up the significant digits, 0 at least. */
function roundedPlaces(magnitude: bigint, denominator: bigint, wholeDigits: number): number {
  if (wholeDigits > 0) return Math.max(0, SIGNIFICANT_DIGITS - wholeDigits);
  let leadingZeros = digitsOf(denominator) - digitsOf(magnitude);
  if (magnitude * 10n ** BigInt(leadingZeros) >= denominator) leadingZeros--;
  return SIGNIFICANT_DIGITS + leadingZeros;
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

function pointAt(digits: bigint, places: number): string {
  const text = digits.toString().padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}
