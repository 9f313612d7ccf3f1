/** `calcd/calculator`: what the package offers of the calculator. */
export { CalculatorError, calculate } from './calculate.ts';
