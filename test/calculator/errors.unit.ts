/** Errors: what is wrong and at which column, in one short line of visible text. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { CalculatorError, calculate } from '../../src/calculator/calculate.ts';
import { problem } from '../../src/calculator/errors.ts';

const CASES: [expression: string, message: string, column?: number][] = [
  ['', 'empty expression'],
  [' \t ', 'empty expression'],
  ['1 +', 'expected a number at column 4', 4],
  ['1 + ', 'expected a number at column 5', 5],
  ['1 + * 2', 'expected a number at column 5', 5],
  ['()', 'expected a number at column 2', 2],
  ['-', 'expected a number at column 2', 2],
  ['2 ^', 'expected a number at column 4', 4],
  ['1 2', 'expected an operator at column 3', 3],
  ['2(3)', 'expected an operator at column 2', 2],
  ['(1 2)', 'expected an operator at column 4', 4],
  ['1..2', 'expected an operator at column 3', 3],
  ['1 )', "unexpected ')' at column 3", 3],
  ['(1', "unclosed '(' at column 1", 1],
  ['1 + ((2)', "unclosed '(' at column 5", 5],
  ['x', "unexpected 'x' at column 1", 1],
  ['.', "unexpected '.' at column 1", 1],
  ['1 + .', "unexpected '.' at column 5", 5],
  ['1e', "unexpected 'e' at column 2", 2],
  ['1e+', "unexpected 'e' at column 2", 2],
  ['0x50', "unexpected 'x' at column 2", 2],
  ["1 ' 2", "unexpected ''' at column 3", 3],
  ['GET / HTTP/1.1', "unexpected 'G' at column 1", 1],
  ['1 / 0', 'division by zero'],
  ['1 / (0.5 - 1/2)', 'division by zero'],
  ['5 % 0', 'division by zero'],
  ['0 ^ -1', 'division by zero'],
  ['2 ^ 0.5', 'exponent must be a whole number at column 5', 5],
  ['2 ^ -(1/3)', 'exponent must be a whole number at column 5', 5],
  ['2 ^ 2 ^ -1', 'exponent must be a whole number at column 5', 5],
];

test('an error says what is wrong, and where', () => {
  for (const [expression, message, column] of CASES) {
    assert.throws(() => calculate(expression), { name: 'CalculatorError', message }, expression);
    assert.equal(errorOf(expression)?.column, column, expression);
  }
});

const CHARACTERS: [expression: string, message: string][] = [
  ['1 + é', "unexpected 'é' at column 5"],
  ['1 + e\u0301', "unexpected 'e\u0301' at column 5"],
  ['3\u0301', "unexpected '3\u0301' at column 1"],
  ['2×3÷6−1 €', "unexpected '€' at column 9"],
  ['１＋２', "unexpected '１' at column 1"],
  ['1+👍🏽', "unexpected '👍🏽' at column 3"],
  ['🇫🇷', "unexpected '🇫🇷' at column 1"],
  ['1+👩‍👩‍👧‍👦', "unexpected '👩' at column 3"],
  ['❤️', "unexpected '❤' at column 1"],
  [`1+a${'\u0301'.repeat(2000)}`, "unexpected 'a' at column 3"],
  [`1${'\u0301'.repeat(2000)}`, 'unexpected character U+0301 at column 1'],
  ['1\u200d', 'unexpected character U+200D at column 1'],
  ['\u0301', 'unexpected character U+0301 at column 1'],
  ['1 +\u00a02', 'unexpected character U+00A0 at column 4'],
  ['1\u20282', 'unexpected character U+2028 at column 2'],
  ['\ufeff1', 'unexpected character U+FEFF at column 1'],
  ['1\u001b[2J', 'unexpected control character U+001B at column 2'],
  ['1\u00002', 'unexpected control character U+0000 at column 2'],
  ['1\r2', 'unexpected control character U+000D at column 2'],
  ['\u202e1', 'unexpected character U+202E at column 1'],
  ['1\u3164', 'unexpected character U+3164 at column 2'],
  ['1\u0085', 'unexpected control character U+0085 at column 2'],
  ['\u{e0041}', 'unexpected character U+E0041 at column 1'],
  ['\u2800', 'unexpected character U+2800 at column 1'],
];

test('columns count characters as they are seen, and a code point names what cannot be seen', () => {
  for (const [expression, message] of CHARACTERS) {
    assert.equal(errorOf(expression)?.message, message, JSON.stringify(expression.slice(0, 20)));
  }
});

test('every message of the table is one line of at most 120 bytes', () => {
  const messages = Object.values(problem).map(make =>
    (make as (...values: unknown[]) => CalculatorError)(4097, 4097),
  );
  messages.push(problem.unexpected('\u{1f469}\u{1f469}', 4097));
  for (const { message } of messages) {
    assert.match(message, /^[^\p{C}\p{Zl}\p{Zp}]+$/u);
    assert.ok(Buffer.byteLength(`error: ${message}`) <= 120, message);
  }
});

function errorOf(expression: string): CalculatorError | undefined {
  try {
    calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return error;
    throw error;
  }
  return undefined;
}
