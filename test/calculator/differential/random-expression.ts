/**
 * Random expressions of all shapes, the same from the same seed: as a tree, so that each reference
 * gets it in its own language, with parentheses where that language needs them.
 */

/** Numbers from 0 to below 1. */
export type Random = () => number;

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Operator = '+' | '-' | '*' | '/' | '%' | '^';

export type Tree =
  | { readonly number: string }
  | { readonly negated: Tree }
  | { readonly operator: Operator; readonly left: Tree; readonly right: Tree };

interface Shape {
  /** Most operators on a path. */
  readonly depth: number;
  readonly operators: readonly Operator[];
  /** A literal that may be an exponent; any tree may be when it is undefined. */
  readonly exponent?: (random: Random) => Tree;
}

export function randomTree(random: Random, shape: Shape): Tree {
  if (shape.depth === 0 || random() < 0.2) return { number: literal(random) };
  const smaller = { ...shape, depth: shape.depth - 1 };
  if (random() < 0.1) return { negated: randomTree(random, smaller) };
  const operator = oneOf(random, shape.operators);
  const left = randomTree(random, smaller);
  const right =
    operator === '^' && (shape.exponent || random() < 0.9)
      ? (shape.exponent ?? smallExponent)(random)
      : randomTree(random, smaller);
  return { operator, left, right };
}

export function naturalExponent(random: Random): Tree {
  return { number: String(below(random, 12)) };
}

function smallExponent(random: Random): Tree {
  const exponent = naturalExponent(random);
  return random() < 0.3 ? { negated: exponent } : exponent;
}

function literal(random: Random): string {
  const kind = random();
  if (kind < 0.5) return String(below(random, oneOf(random, [3, 10, 100, 1e6])));
  const whole = digits(random, below(random, oneOf(random, [3, 10, 30])));
  if (kind < 0.6) return whole || '0';
  const fraction = digits(random, below(random, oneOf(random, [3, 10, 30])));
  const mantissa = whole + fraction === '' ? '0.' : `${whole}.${fraction}`;
  if (kind < 0.9) return mantissa;
  const size = oneOf(random, [5, 40, 600]);
  return `${mantissa}${oneOf(random, ['e', 'E'])}${below(random, 2 * size) - size}`;
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => below(random, 10)).join('');
}

const PRECEDENCE: Record<Operator, number> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 };
const SIGN_PRECEDENCE = 3;

const SPELLINGS: Record<Operator, readonly string[]> = {
  '+': ['+'],
  '-': ['-', '-', '−'],
  '*': ['*', '*', '×', '·'],
  '/': ['/', '/', '÷'],
  '%': ['%'],
  '^': ['^', '**'],
};

/** In calcd's own language, with few parentheses, and all its spellings. */
export function asText(tree: Tree, random: Random): string {
  return spelled(tree, 0, random);
}

function spelled(tree: Tree, outer: number, random: Random): string {
  const [text, precedence] = bare(tree, random);
  const inner = precedence < outer || random() < 0.05 ? `(${text})` : text;
  return random() < 0.2 ? oneOf(random, [` ${inner}`, `${inner} `, `\t${inner}`]) : inner;
}

function bare(tree: Tree, random: Random): [text: string, precedence: number] {
  if ('number' in tree) return [tree.number, PRECEDENCE['^'] + 1];
  if ('negated' in tree) {
    return [
      `${oneOf(random, ['-', '−', '+-'])}${spelled(tree.negated, SIGN_PRECEDENCE, random)}`,
      SIGN_PRECEDENCE,
    ];
  }
  const precedence = PRECEDENCE[tree.operator];
  const isPower = tree.operator === '^';
  const left = spelled(tree.left, isPower ? precedence + 1 : precedence, random);
  const right = spelled(tree.right, isPower ? SIGN_PRECEDENCE : precedence + 1, random);
  return [left + oneOf(random, SPELLINGS[tree.operator]) + right, precedence];
}

function oneOf<Value>(random: Random, values: readonly Value[]): Value {
  return values[below(random, values.length)] as Value;
}

function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}
