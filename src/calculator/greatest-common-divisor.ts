/** Euclid's algorithm. Its steps are the dearest thing a calculation does, so they are paid for. */
import { type Work, words } from './work.ts';

/** Steps paid for at a time: the numbers do not shrink much in so few. */
const STEPS = 4;

/** Of two numbers of any sign, not both 0; above 0. */
export function greatestCommonDivisor(a: bigint, b: bigint, work: Work): bigint {
  if (a === 1n || b === 1n) return 1n;
  let x = a;
  let y = b;
  while (y !== 0n) {
    work.spend(STEPS * (words(y) + 8));
    for (let step = 0; step < STEPS && y !== 0n; step++) [x, y] = [y, x % y];
  }
  return x < 0n ? -x : x;
}
