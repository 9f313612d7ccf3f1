/**
 * What can be wrong with an expression, in words: the one table of the calculator's messages. Each
 * is one short line of printable text, so that it fits the smallest buffer a client may have.
 */
import { MAX_DIGITS, MAX_NESTING } from './limits.ts';

const at = (column: number): string => `at column ${column}`;

export const problem = {
  empty: () => new CalculatorError('empty expression'),
  expectedNumber: (column: number) =>
    new CalculatorError(`expected a number ${at(column)}`, column),
  expectedOperator: (column: number) =>
    new CalculatorError(`expected an operator ${at(column)}`, column),
  unexpected: (what: string, column: number) =>
    new CalculatorError(`unexpected '${what}' ${at(column)}`, column),
  invisible: (column: number) =>
    new CalculatorError(`unexpected invisible character ${at(column)}`, column),
  unclosed: (column: number) => new CalculatorError(`unclosed '(' ${at(column)}`, column),
  tooDeep: (column: number) =>
    new CalculatorError(`nested too deeply ${at(column)} (limit ${MAX_NESTING} levels)`, column),
  divisionByZero: () => new CalculatorError('division by zero'),
  fractionalExponent: (column: number) =>
    new CalculatorError(`exponent must be a whole number ${at(column)}`, column),
  tooLarge: () => new CalculatorError(`number too large (limit ${MAX_DIGITS} digits)`),
  tooFine: () => new CalculatorError(`too many digits after the point (limit ${MAX_DIGITS})`),
  denominatorTooLarge: () =>
    new CalculatorError(`denominator too large (limit ${MAX_DIGITS} digits)`),
  tooMuchWork: () => new CalculatorError('calculation too long (it would keep others waiting)'),
};

/** An expression that has no value, and why; the message names the column where there is one. */
export class CalculatorError extends Error {
  override readonly name = 'CalculatorError';
  /** Where in the expression, in characters from 1; undefined when it is about the whole. */
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}
