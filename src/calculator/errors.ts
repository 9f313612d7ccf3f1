/**
 * The calculator's limits, and all its error messages in one table. Most messages name a limit.
 *
 * Each message is one short line of printable text, so that it fits even a client's small buffer.
 */

/** Most digits before the decimal point, and most digits after it. */
export const MAX_DIGITS = 1000;

/** Deepest nesting of parentheses. */
export const MAX_NESTING = 200;

const at = (column: number): string => `at column ${column}`;

export const problem = {
  empty: () => new CalculatorError('empty expression'),
  expectedNumber: (column: number) =>
    new CalculatorError(`expected a number ${at(column)}`, column),
  expectedOperator: (column: number) =>
    new CalculatorError(`expected an operator ${at(column)}`, column),
  unexpected: (character: string, column: number) =>
    new CalculatorError(`unexpected '${character}' ${at(column)}`, column),
  unexpectedCodePoint: (codePoint: number, column: number) =>
    new CalculatorError(`unexpected ${nameOf(codePoint)} ${at(column)}`, column),
  unclosed: (column: number) => new CalculatorError(`unclosed '(' ${at(column)}`, column),
  tooDeep: (column: number) =>
    new CalculatorError(`nested too deeply ${at(column)} (limit ${MAX_NESTING} levels)`, column),
  divisionByZero: () => new CalculatorError('division by zero'),
  fractionalExponent: (column: number) =>
    new CalculatorError(`exponent must be a whole number ${at(column)}`, column),
  tooLarge: () => new CalculatorError(`number too large (limit ${MAX_DIGITS} digits)`),
  tooManyDecimals: () =>
    new CalculatorError(`too many digits after the point (limit ${MAX_DIGITS})`),
  denominatorTooLarge: () =>
    new CalculatorError(`denominator too large (limit ${MAX_DIGITS} digits)`),
  tooExpensive: () => new CalculatorError('expression too expensive'),
};

/** `control character U+000A`, `character U+00A0`: a no-break space is not a control character. */
function nameOf(codePoint: number): string {
  const kind = /\p{Cc}/u.test(String.fromCodePoint(codePoint)) ? 'control character' : 'character';
  return `${kind} U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** An expression has no value. The message is the reason, with the column where there is one. */
export class CalculatorError extends Error {
  override readonly name = 'CalculatorError';
  /** Position in the expression, in characters from 1; undefined for an error about the whole. */
  readonly column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}
