/** The fast path: it answers the usual messages, always as the slow path does. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { CalculatorError, calculate } from '../../src/calculator/calculate.ts';
import { FastPath } from '../../src/calculator/fast-path.ts';
import { NEEDS_SLOW_PATH } from '../../src/calculator/fast-path-digits.ts';

const LONGEST_REPLY = 40;

const USUAL: [expression: string, expected: string][] = [
  ['22 + 44', '66'],
  ['7', '7'],
  ['-7', '-7'],
  ['-0', '0'],
  ['007', '7'],
  ['0 * -5', '0'],
  ['-4 % 2', '0'],
  ['999999999999999 + 999999999999999', '1999999999999998'],
  ['999999999999999 * 9', '8999999999999991'],
  ['2 + 3 * 4', '14'],
  ['2 * 3 + 4', '10'],
  ['10 - 4 - 3', '3'],
  ['100 / 10 / 5', '2'],
  ['2 - 7 % 4', '-1'],
  ['-7 % 3', '-1'],
  ['1 / 8', '0.125'],
  ['-1 / 8', '-0.125'],
  ['1 / -3', '-0.33333333333333333333'],
  ['2 / 3', '0.66666666666666666667'],
  ['100 / 7', '14.285714285714285714'],
  ['1 / 700000', '0.0000014285714285714285714'],
  ['  6\t*\t7  ', '42'],
];

test('whole numbers with one or two operators take the fast path', () => {
  for (const [expression, expected] of USUAL) {
    assert.equal(fastReply(expression), expected, expression);
    assert.equal(calculate(expression), expected, expression);
  }
});

const OTHERS = [
  '', ' ', '1.5', '1e3', '1 +', '* 2', '2 ** 3', '2 ^ 3', '(1)', '1 2', '1 / 0', '1 % 0', '1 + 2 + 3 + 4',
  '1000000000000000', '999999999999999 * 999999999999999', '1 / 1073741824', '1 / 3 * 3', '1\u0000', '1\u0000+ 2',
  '2 × 3', '--1', '1 +- -1', '1 + x', '1 / 999999999999999',
]; // biome-ignore format: a table

test('every other message takes the slow path', () => {
  for (const expression of OTHERS) assert.equal(fastReply(expression), undefined, expression);
});

test('bytes before and after the expression in the buffer are not read', () => {
  const bytes = Buffer.from('91 + 29');
  const reply = Buffer.alloc(LONGEST_REPLY, 'x');
  const end = new FastPath().calculate(bytes, 1, 6, reply, 3);
  assert.equal(reply.toString('latin1', 0, end + 1), 'xxx3x');
});

const digits = fc
  .integer({ min: 1, max: 16 })
  .chain(length => fc.integer({ min: 0, max: 10 ** length - 1 }));
const small = fc.integer({ min: 0, max: 1000 });
const operand = fc
  .tuple(fc.constantFrom('', '', '', '-', '+', '--'), fc.oneof(small, digits))
  .map(([sign, value]) => `${sign}${value}`);
const operator = fc.constantFrom('+', '-', '*', '/', '%', '^', '**', '÷');
const space = fc.constantFrom('', '', ' ', '\t', '  ');
const usual = fc
  .tuple(operand, fc.array(fc.tuple(space, operator, space, operand), { maxLength: 3 }))
  .map(([first, rest]) => first + rest.flat().join(''));

test('where the fast path has a reply, the slow path has the same', () => {
  let answered = 0;
  fc.assert(
    fc.property(fc.oneof(usual, fc.string({ unit: 'binary-ascii', maxLength: 12 })), expression => {
      const fast = fastReply(expression);
      if (fast === undefined) return;
      answered++;
      assert.equal(fast, replyTo(expression), JSON.stringify(expression));
    }),
    { numRuns: 10_000 },
  );
  assert.ok(answered > 500, `only ${answered} took the fast path`);
});

/** The reply of the fast path; undefined when the message needs the slow path. */
function fastReply(expression: string): string | undefined {
  const bytes = Buffer.from(expression);
  const reply = Buffer.alloc(LONGEST_REPLY);
  const end = new FastPath().calculate(bytes, 0, bytes.length, reply, 0);
  assert.ok(end <= LONGEST_REPLY);
  return end === NEEDS_SLOW_PATH ? undefined : reply.toString('latin1', 0, end);
}

function replyTo(expression: string): string {
  try {
    return calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}
