/**
 * The work of one calculation, bounded. Limits on digits alone do not bound it: four thousand
 * bytes hold hundreds of operations on thousand-digit numbers. So each operation pays for itself
 * before it is done, and what cannot be paid for is an error: the same for the same expression,
 * on a fast machine and a slow one, because it counts digits and not time.
 *
 * A unit is about a nanosecond where the prices were measured (docs/calculator.md).
 */
import { problem } from './errors.ts';
import { MAX_WORK } from './limits.ts';

export class Work {
  #left = MAX_WORK;

  /** An operation on two numbers of so many words. */
  operation(left: number, right: number): void {
    this.#spend(500 + 20 * (left + right) + 4 * left * right);
  }

  /** The search for a common divisor, less its rounds, and the divisions by it. */
  reduction(left: number, right: number): void {
    this.#spend(1000 + 80 * (left + right));
  }

  /** A round of that search, with two numbers of so many words. */
  round(length: number): void {
    this.#spend(1300 + 50 * length);
  }

  /** A division by a number of one word, and a look at its remainder. */
  division(length: number): void {
    this.#spend(200 + 80 * length);
  }

  #spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw problem.tooMuchWork();
  }
}

/** Sizes are told apart by comparisons with few powers of two: close enough, and cheap. */
const SIZES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

/** The first number that is longer, by index in SIZES; one bit is for the sign. */
const FIRST_LONGER = SIZES.map(size => 1n << BigInt(size * 64 - 1));

/** How long a number is, in 64-bit words, roughly. */
export function words(value: bigint): number {
  const first = FIRST_LONGER[0] as bigint;
  if (-first < value && value < first) return 1;
  const magnitude = value < 0n ? -value : value;
  let index = 1;
  while (index < SIZES.length - 1 && magnitude >= (FIRST_LONGER[index] as bigint)) index++;
  return SIZES[index] as number;
}
