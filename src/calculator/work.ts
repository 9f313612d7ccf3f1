/**
 * The work budget of one expression. Limits on digits are not enough: 4,096 bytes can hold hundreds
 * of operations on numbers of 1,000 digits. So each operation is charged before it is done, and an
 * expression that exceeds its budget is an error.
 *
 * The cost depends on digits, not on time: the same expression gets the same reply on every
 * machine. A unit was about a nanosecond where the costs were measured (docs/calculator.md).
 */
import { problem } from './errors.ts';

/** The worst-case messages that bench/calculator-worst.ts finds take half of the promised 5 ms. */
const MAX_WORK = 2_000_000;

export class Work {
  #left = MAX_WORK;

  /** One operation. Lengths are in words, here and below. */
  operation(left: number, right: number): void {
    this.#spend(500 + 20 * (left + right) + 4 * left * right);
  }

  /** A search for a common divisor, without its rounds, and the divisions by that divisor. */
  reduction(left: number, right: number): void {
    this.#spend(1000 + 80 * (left + right));
  }

  /** One round of that search. */
  round(length: number): void {
    this.#spend(1300 + 50 * length);
  }

  /** A division by a number of one word, with its remainder. */
  division(length: number): void {
    this.#spend(200 + 80 * length);
  }

  #spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw problem.tooExpensive();
  }
}

/** A number is measured by comparing it with a few powers of two: close enough, and cheap. */
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

/** For each size, the first number that is longer; one bit is for the sign. */
const FIRST_LONGER = SIZES.map(size => 1n << BigInt(size * 64 - 1));

/** The approximate length of a number in 64-bit words. */
export function words(value: bigint): number {
  const first = FIRST_LONGER[0] as bigint;
  if (-first < value && value < first) return 1;
  const magnitude = value < 0n ? -value : value;
  let index = 1;
  while (index < SIZES.length - 1 && magnitude >= (FIRST_LONGER[index] as bigint)) index++;
  return SIZES[index] as number;
}
