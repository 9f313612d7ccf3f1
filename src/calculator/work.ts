/**
 * The work of one calculation, bounded. Limits on digits alone do not bound it: four thousand
 * bytes hold hundreds of operations on thousand-digit numbers. So each operation pays for itself
 * before it is done, and what cannot be paid for is an error: the same for the same expression,
 * on a fast machine and a slow one, because it counts digits and not time.
 */
import { problem } from './errors.ts';
import { MAX_WORK } from './limits.ts';

/** Sizes are told apart in steps of so many 64-bit words: a comparison each, and close enough. */
const STEP_WORDS = 8;

/** 2^512, 2^1024, …: the longest number that occurs has some 3,000 digits. */
const STEPS = Array.from({ length: 24 }, (_, step) => 1n << BigInt((step + 1) * STEP_WORDS * 64));

const ONE_WORD = 1n << 64n;

export class Work {
  #left = MAX_WORK;

  /** Throws when more has been spent than a calculation is given. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw problem.tooMuchWork();
  }
}

/** How long a number is, in 64-bit words, roughly. */
export function words(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  if (magnitude < ONE_WORD) return 1;
  let step = 0;
  while (step < STEPS.length && magnitude >= (STEPS[step] as bigint)) step++;
  return (step + 1) * STEP_WORDS;
}
