/**
 * Powers of ten, and the powers of 2, 5 or 10 that divide a number. A power of ten is the product of
 * two entries of short tables, because one full table would use much memory in every thread of
 * server2.
 */
import { type Work, words } from './work.ts';

const SHORT = 32;
const LONGEST = 4096;

const UNITS = Array.from({ length: SHORT }, (_, exponent) => 10n ** BigInt(exponent));
const STRIDES = Array.from({ length: LONGEST / SHORT }, (_, index) => 10n ** BigInt(index * SHORT));

/** @param exponent a whole number from 0 to 4,095. */
export function tenTo(exponent: number): bigint {
  const unit = UNITS[exponent % SHORT] as bigint;
  return exponent < SHORT ? unit : unit * (STRIDES[Math.floor(exponent / SHORT)] as bigint);
}

/** How often `factor` divides a number, and the rest. The number is not 0. */
export function removeFactor(
  factor: Factor,
  value: bigint,
  work: Work,
): { count: number; rest: bigint } {
  if (value % factor.base !== 0n) return { count: 0, rest: value };
  let rest = value;
  let count = 0;
  const length = words(value);
  work.division(length);
  while (rest % factor.high === 0n) {
    work.division(length);
    rest /= factor.high;
    count += factor.highPower;
  }
  // The remaining powers of the factor all divide this remainder, and it is short.
  let remainder = rest % factor.high;
  let low = 1n;
  for (; remainder % factor.base === 0n; remainder /= factor.base) {
    low *= factor.base;
    count++;
  }
  return { count, rest: low === 1n ? rest : rest / low };
}

/** A factor and its highest power that fits a word: long numbers are divided by that power. */
export interface Factor {
  readonly base: bigint;
  readonly high: bigint;
  readonly highPower: number;
}

export const TWO: Factor = { base: 2n, high: 2n ** 63n, highPower: 63 };
export const FIVE: Factor = { base: 5n, high: 5n ** 27n, highPower: 27 };
export const TEN: Factor = { base: 10n, high: 10n ** 18n, highPower: 18 };
