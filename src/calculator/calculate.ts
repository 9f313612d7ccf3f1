/** The calculator: text in, text out. `calculate('0.1 + 0.2')` is `'0.3'`. */
import { evaluate } from './evaluate.ts';
import { format } from './format.ts';

export { CalculatorError } from './errors.ts';

/** The value of an expression as text. Throws a CalculatorError when it has none. */
export function calculate(expression: string): string {
  return format(evaluate(expression));
}
