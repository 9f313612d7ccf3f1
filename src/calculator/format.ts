/**
 * Prints an exact number: in full where its decimals end, otherwise rounded to 20 significant
 * digits.
 */
import { MAX_DIGITS, problem } from './errors.ts';
import { tenTo } from './powers-of-ten.ts';
import type { Rational } from './rational.ts';

/** Digits of a result whose decimals never end. */
const SIGNIFICANT_DIGITS = 20;

export function format({ numerator, denominator, places }: Rational): string {
  const sign = numerator < 0n ? '-' : '';
  const magnitude = numerator < 0n ? -numerator : numerator;
  if (denominator === 1n) return sign + pointAt(magnitude, places);
  return sign + rounded(magnitude, denominator * tenTo(places));
}

/** The decimals never end, so there is never a tie between two roundings. */
function rounded(numerator: bigint, denominator: bigint): string {
  const places = roundedPlaces(numerator, denominator);
  if (places > MAX_DIGITS) throw problem.tooManyDecimals();
  const scaled = numerator * tenTo(places);
  const below = scaled / denominator;
  const nearest = 2n * (scaled - below * denominator) > denominator ? below + 1n : below;
  const text = pointAt(nearest, places);
  if (text.length > MAX_DIGITS && places === 0) throw problem.tooLarge();
  return text;
}

/** How many places after the point give that many significant digits; at least 0. */
function roundedPlaces(numerator: bigint, denominator: bigint): number {
  const whole = numerator / denominator;
  if (whole > 0n) return Math.max(0, SIGNIFICANT_DIGITS - digitsOf(whole));
  const leadingZeros = digitsOf(denominator) - digitsOf(numerator);
  return numerator * tenTo(leadingZeros) < denominator
    ? SIGNIFICANT_DIGITS + leadingZeros
    : SIGNIFICANT_DIGITS + leadingZeros - 1;
}

function digitsOf(value: bigint): number {
  return value.toString().length;
}

/** `digits` with a point before the last `places` of them, and without zeros at the end. */
function pointAt(digits: bigint, places: number): string {
  const text = digits.toString().padStart(places + 1, '0');
  if (places === 0) return text;
  let end = text.length;
  const point = end - places;
  while (end > point && text[end - 1] === '0') end--;
  return end === point ? text.slice(0, point) : `${text.slice(0, point)}.${text.slice(point, end)}`;
}
