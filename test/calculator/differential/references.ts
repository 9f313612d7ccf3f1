/**
 * Other calculators to compare calcd with: Python's fractions, which know all of its language, and
 * GNU bc, which has no fractions, so that it is asked for one division at most, and that the last.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CalculatorError, calculate } from '../../../src/calculator/calculate.ts';
import { unlessInstalled } from '../../support/installed.ts';
import {
  asText,
  naturalExponent,
  type Operator,
  type Random,
  randomTree,
  type Tree,
} from './random-expression.ts';

const MAX_OUTPUT_BYTES = 1 << 30;
const WITHOUT_DIVISION: readonly Operator[] = ['+', '-', '*', '%', '^'];

export interface Reference {
  readonly name: string;
  /** Why it cannot be asked; false when it can. */
  readonly missing: string | false;
  /** Compares the replies to a number of expressions, and throws at the first that differs. */
  compare(random: Random, count: number): void;
}

export const REFERENCES: readonly Reference[] = [
  {
    name: "Python's fractions",
    missing: unlessInstalled('python3', '--version'),
    compare(random, count) {
      const expressions = Array.from({ length: count }, () => {
        const depth = 1 + Math.floor(random() * 5);
        const operators = ['+', '-', '*', '/', '%', '^'] as const;
        return asText(randomTree(random, { depth, operators }), random);
      });
      const program = fileURLToPath(new URL('python.py', import.meta.url));
      const expected = linesOf('python3', [program], expressions);
      expressions.forEach((expression, index) => {
        same(expression, withoutColumn(replyTo(expression)), expected[index]);
      });
    },
  },
  {
    name: 'GNU bc',
    missing: unlessInstalled('bc', '--version'),
    compare(random, count) {
      const cases: { expression: string; reply: string; bc: string }[] = [];
      while (cases.length < count) {
        const tree = treeForBc(random);
        const expression = asText(tree, random);
        const reply = replyTo(expression);
        // Errors are Python's to check: bc has other limits, and goes on without a reply.
        if (!reply.startsWith('error')) cases.push({ expression, reply, bc: asBc(tree) });
      }
      const expected = linesOf('bc', ['-q'], [...BC_SETTING, ...cases.map(({ bc }) => bc)]);
      cases.forEach(({ expression, reply }, index) => {
        same(expression, reply, fromBc(expected[index] ?? ''));
      });
    },
  },
];

function linesOf(command: string, words: string[], input: string[]): string[] {
  const environment = { ...process.env, BC_LINE_LENGTH: '0', PYTHONIOENCODING: 'utf-8' };
  return execFileSync(command, words, {
    input: `${input.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    env: environment,
  }).split('\n');
}

function same(expression: string, actual: string, expected: string | undefined): void {
  if (actual !== expected) {
    throw new Error(`${JSON.stringify(expression)}\n  calcd ${actual}\n  other ${expected}`);
  }
}

function replyTo(expression: string): string {
  try {
    return calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}

function withoutColumn(reply: string): string {
  return reply.replace(/ at column \d+$/, '');
}

/**
 * Enough decimals that only a last division is cut short, and that so far behind that what looks
 * finite is; `r` is a remainder of whole quotients.
 */
const BC_SETTING = [
  'scale=6000',
  'define r(a,b){auto q,s;s=scale;scale=0;q=a/b;scale=s;return a-q*b}',
  'define d(a,b){auto q,s;s=scale;scale=3500;q=a/b;scale=s;return q}',
];

function treeForBc(random: Random): Tree {
  const shape = {
    depth: 1 + Math.floor(random() * 3),
    operators: WITHOUT_DIVISION,
    exponent: naturalExponent,
  };
  const left = randomTree(random, shape);
  if (random() < 0.5) return left;
  return { operator: '/', left, right: randomTree(random, { ...shape, depth: 1 }) };
}

function asBc(tree: Tree): string {
  if ('number' in tree) return plainDecimal(tree.number);
  if ('negated' in tree) return `(-${asBc(tree.negated)})`;
  const left = asBc(tree.left);
  const right = asBc(tree.right);
  if (tree.operator === '%') return `r(${left},${right})`;
  if (tree.operator === '/') return `d(${left},${right})`;
  return `(${left}${tree.operator}${right})`;
}

/** bc knows no exponents. */
function plainDecimal(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  const digits =
    '0'.repeat(Math.max(0, -shift)) + whole + fraction + '0'.repeat(Math.max(0, shift));
  const point = Math.max(0, -shift) + whole.length + shift;
  return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/^\.$/, '0');
}

/** What bc printed, as calcd prints it: in full when its decimals end, else rounded. */
function fromBc(printed: string): string {
  const sign = printed.startsWith('-') ? '-' : '';
  const [whole = '', decimals = ''] = printed.slice(sign.length).split('.');
  const fraction = decimals.replace(/0+$/, '');
  if (fraction.length <= 1000) return withPoint(sign, whole, fraction);
  const significant = (whole + fraction).replace(/^0+/, '');
  const leadingZeros = whole.length + fraction.length - significant.length - whole.length;
  const places = Math.max(0, whole === '' ? 20 + leadingZeros : 20 - whole.length);
  const kept = BigInt(`${whole}${fraction.slice(0, places)}`);
  const rounded = (kept + ((fraction[places] as string) >= '5' ? 1n : 0n)).toString();
  const text = rounded.padStart(places + 1, '0');
  const end = text.length - places;
  return withPoint(sign, text.slice(0, end), text.slice(end).replace(/0+$/, ''));
}

function withPoint(sign: string, whole: string, fraction: string): string {
  if (fraction === '') return whole === '' || /^0+$/.test(whole) ? '0' : sign + whole;
  return `${sign}${whole || '0'}.${fraction}`;
}
