/** The limits: exactly where they are, and that nothing beyond them is calculated. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calculate } from '../../src/calculator/calculate.ts';

const NINES = '9'.repeat(1000);
const TOO_LARGE = 'number too large (limit 1000 digits)';
const TOO_MANY_DECIMALS = 'too many digits after the point (limit 1000)';
const DENOMINATOR = 'denominator too large (limit 1000 digits)';
const TOO_EXPENSIVE = 'expression too expensive';

const WITHIN: [expression: string, expected: string][] = [
  [NINES, NINES],
  [`-${NINES}`, `-${NINES}`],
  [`.${NINES}`, `0.${NINES}`],
  [`${NINES}.${NINES}`, `${NINES}.${NINES}`],
  ['1e999', `1${'0'.repeat(999)}`],
  ['1e-1000', `0.${'0'.repeat(999)}1`],
  [`0.${'0'.repeat(1500)}1e1501`, '1'],
  [`1${'0'.repeat(1500)}e-1500`, '1'],
  ['9e999 + (1e999 - 1e-1000)', `${NINES}.${NINES}`],
  ['10 ^ 999', `1${'0'.repeat(999)}`],
  ['10 ^ -1000 * 10 ^ 999', '0.1'],
  ['2 ^ 3321 % 10', '2'],
  ['2 ^ -1000 * 2 ^ 1000', '1'],
  ['(1 / 3 ^ 2095) * 3 ^ 2095', '1'],
  ['(1 / 3 ^ 2095 * 3 ^ 10) / 9 ^ 5 * 3 ^ 2095', '1'],
  [`${'('.repeat(200)}1${')'.repeat(200)}`, '1'],
  [`${'(1)+'.repeat(500)}1`, '501'],
];

test('what is within the limits is exact', () => {
  for (const [expression, expected] of WITHIN) {
    assert.equal(calculate(expression), expected, expression.slice(0, 40));
  }
});

const BEYOND: [expression: string, message: string][] = [
  [`1${NINES}`, TOO_LARGE],
  ['1e1000', TOO_LARGE],
  ['1e999999999', TOO_LARGE],
  [`1e${'9'.repeat(4000)}`, TOO_LARGE],
  [`1e-${'9'.repeat(4000)}`, TOO_MANY_DECIMALS],
  ['1e-1001', TOO_MANY_DECIMALS],
  [`${NINES} + 1`, TOO_LARGE],
  [`-${NINES} - 1`, TOO_LARGE],
  [`${NINES}.5 + .5`, TOO_LARGE],
  [`(${NINES} + 1) / 10`, TOO_LARGE],
  ['1e500 * 1e500', TOO_LARGE],
  ['1e-500 * 1e-501', TOO_MANY_DECIMALS],
  ['1e-1000 / 2', TOO_MANY_DECIMALS],
  ['9 ^ 9 ^ 9', TOO_LARGE],
  ['9 ^ 9e999', TOO_LARGE],
  ['1.5 ^ 9e999', TOO_MANY_DECIMALS],
  ['10 ^ 1000', TOO_LARGE],
  ['(-10) ^ 1001', TOO_LARGE],
  ['2 ^ -5000', TOO_MANY_DECIMALS],
  ['2 ^ -1001', TOO_MANY_DECIMALS],
  ['2 ^ 3322', TOO_LARGE],
  ['(1/3) ^ 2096', DENOMINATOR],
  ['1 / 3 ^ 2095 / 3', DENOMINATOR],
  ['1 / 3 ^ 2095', TOO_MANY_DECIMALS],
  ['1e-1000 / 3', DENOMINATOR],
  ['1e-1000 / 6', DENOMINATOR],
  [`${NINES} + 2/3`, TOO_LARGE],
  [`${'('.repeat(201)}1`, 'nested too deeply at column 201 (limit 200 levels)'],
  [`1/7^1000${'*7^1000/7^1000'.repeat(285)}`, TOO_EXPENSIVE],
];

test('what is beyond is an error that names the limit', () => {
  for (const [expression, message] of BEYOND) {
    assert.throws(() => calculate(expression), { message }, expression.slice(0, 40));
  }
});

const LONG_BUT_USUAL: [name: string, expression: string][] = [
  ['2,000 small terms', '1+'.repeat(2000)],
  ['400 fractions', Array.from({ length: 400 }, (_, index) => `1/${index + 1}+`).join('')],
  ['a chain of quotients', `1${'/3/7/11/13'.repeat(200)}+`],
  ['40 numbers of 100 digits', `${'7'.repeat(97)}.25+`.repeat(40)],
  ['40 products of 24 digits', `${'7'.repeat(24)}*`.repeat(40)],
  ['a factorial', `${Array.from({ length: 449 }, (_, index) => index + 1).join('*')}*`],
  ['interest over 100 years', '1.05*'.repeat(100)],
];

test('long expressions that a person may send are not too expensive', () => {
  for (const [name, expression] of LONG_BUT_USUAL) {
    assert.doesNotThrow(() => calculate(`${expression.slice(0, 4095)}1`), name);
  }
});
