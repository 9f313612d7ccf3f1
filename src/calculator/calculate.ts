/**
 * The calculator: text in, text out. This is what the package exports as `calcd/calculator`.
 *
 * Evaluation (evaluate.ts) and printing (format.ts) know nothing of each other: an exact number is
 * all that passes between them.
 */
import { evaluate } from './evaluate.ts';
import { format } from './format.ts';

export { CalculatorError } from './errors.ts';

/**
 * The value of an expression as text: exact, or rounded to 20 significant digits where its decimals
 * never end. `calculate('0.1 + 0.2')` is `'0.3'`. An expression of 4 KiB takes at most 5 ms.
 * @throws CalculatorError when the expression has no value; the message is the reason.
 */
export function calculate(expression: string): string {
  return format(evaluate(expression));
}
