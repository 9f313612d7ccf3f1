/**
 * Euclid's algorithm as Lehmer does it: many steps are worked out on the first 52 bits of the two
 * numbers, in doubles, and then done to the whole numbers at once. Measured, that makes the dearest
 * thing a calculation does, two coprime numbers of 1,000 digits, five times as fast.
 *
 * Knuth, The Art of Computer Programming, 4.5.2, Algorithm L.
 */
import { type Work, words } from './work.ts';

const HEAD_BITS = 52;
const FIRST_UNSAFE = 1n << 53n;

/** Of two numbers of any sign, not both 0; above 0. */
export function greatestCommonDivisor(a: bigint, b: bigint, work: Work): bigint {
  if (a === 1n || b === 1n) return 1n;
  work.reduction(words(a), words(b));
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  if (x < y) [x, y] = [y, x];
  let shift = -1;
  while (y >= FIRST_UNSAFE) {
    work.round(words(y));
    shift = shiftToHead(x, shift);
    const step = stepsOnHeads(Number(x >> BigInt(shift)), Number(y >> BigInt(shift)));
    if (step) {
      const { a, b, c, d } = step;
      [x, y] = [BigInt(a) * x + BigInt(b) * y, BigInt(c) * x + BigInt(d) * y];
    } else {
      [x, y] = [y, x % y];
    }
  }
  return y === 0n ? x : BigInt(ofSafe(Number(y), Number(x % y)));
}

function ofSafe(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** By how many bits `x` has to be shifted to leave its head; the number only ever shrinks. */
function shiftToHead(x: bigint, previous: number): number {
  let shift = previous < 0 ? 4 * x.toString(16).length - HEAD_BITS : previous;
  for (;;) {
    const head = Number(x >> BigInt(shift));
    const missing = HEAD_BITS - Math.ceil(Math.log2(head + 1));
    if (missing < HEAD_BITS / 4 || shift === 0) return shift;
    shift = Math.max(0, shift - missing);
  }
}

/** x, y = a x + b y, c x + d y: many steps of Euclid's algorithm in one. */
interface Step {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** The steps that are the same whatever follows the heads; undefined when not one is sure. */
function stepsOnHeads(xHead: number, yHead: number): Step | undefined {
  let x = xHead;
  let y = yHead;
  let [a, b, c, d] = [1, 0, 0, 1];
  while (y + c !== 0 && y + d !== 0) {
    const quotient = Math.floor((x + a) / (y + c));
    if (quotient !== Math.floor((x + b) / (y + d))) break;
    [a, c] = [c, a - quotient * c];
    [b, d] = [d, b - quotient * d];
    [x, y] = [y, x - quotient * y];
  }
  return b === 0 ? undefined : { a, b, c, d };
}
