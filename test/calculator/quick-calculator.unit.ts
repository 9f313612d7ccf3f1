/** The short way: it answers the usual, and never anything but what the long way answers. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { CalculatorError, calculate } from '../../src/calculator/calculate.ts';
import { QuickCalculator } from '../../src/calculator/quick-calculator.ts';
import { NOT_QUICK } from '../../src/calculator/quick-digits.ts';

const LONGEST_REPLY = 40;

const QUICK: [expression: string, expected: string][] = [
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

test('whole numbers and one or two operators are quick', () => {
  for (const [expression, expected] of QUICK) {
    assert.equal(quickly(expression), expected, expression);
    assert.equal(calculate(expression), expected, expression);
  }
});

const NOT_FOR_IT = [
  '', ' ', '1.5', '1e3', '1 +', '* 2', '2 ** 3', '2 ^ 3', '(1)', '1 2', '1 / 0', '1 % 0', '1 + 2 + 3 + 4',
  '1000000000000000', '999999999999999 * 999999999999999', '1 / 1073741824', '1 / 3 * 3', '1\u0000', '1\u0000+ 2',
  '2 × 3', '--1', '1 +- -1', '1 + x', '1 / 999999999999999',
]; // biome-ignore format: a table

test('whatever is different is left to the long way', () => {
  for (const expression of NOT_FOR_IT) assert.equal(quickly(expression), undefined, expression);
});

test('what stands around an expression in the buffer is not part of it', () => {
  const bytes = Buffer.from('91 + 29');
  const reply = Buffer.alloc(LONGEST_REPLY, 'x');
  const end = new QuickCalculator().calculate(bytes, 1, 6, reply, 3);
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

test('where the short way answers, the long way answers the same', () => {
  let answered = 0;
  fc.assert(
    fc.property(fc.oneof(usual, fc.string({ unit: 'binary-ascii', maxLength: 12 })), expression => {
      const quick = quickly(expression);
      if (quick === undefined) return;
      answered++;
      assert.equal(quick, replyTo(expression), JSON.stringify(expression));
    }),
    { numRuns: 10_000 },
  );
  assert.ok(answered > 500, `only ${answered} were quick`);
});

/** The quick reply; undefined when it is left to the long way. */
function quickly(expression: string): string | undefined {
  const bytes = Buffer.from(expression);
  const reply = Buffer.alloc(LONGEST_REPLY);
  const end = new QuickCalculator().calculate(bytes, 0, bytes.length, reply, 0);
  assert.ok(end <= LONGEST_REPLY);
  return end === NOT_QUICK ? undefined : reply.toString('latin1', 0, end);
}

function replyTo(expression: string): string {
  try {
    return calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}
