/**
 * Evaluates an expression while it reads it, a function for each level of the grammar:
 *
 *   sum      = product { ("+" | "-") product }
 *   product  = signed { ("*" | "/" | "%") signed }
 *   signed   = { "+" | "-" } power
 *   power    = operand [ "^" signed ]
 *   operand  = number | "(" sum ")"
 *
 * Signs and powers, which nest to the right, are read in loops: so only parentheses are calls
 * within calls, and their depth is limited. Of several errors the first met is the one reported.
 */
import { add, divide, multiply, negate, remainder, subtract } from './arithmetic.ts';
import { problem } from './errors.ts';
import { MAX_NESTING } from './limits.ts';
import { power } from './power.ts';
import { type Rational, sizeOf } from './rational.ts';
import { type TokenKind, Tokens } from './tokens.ts';
import { Work } from './work.ts';

type Operation = (left: Rational, right: Rational, work: Work) => Rational;
type Operations = Partial<Record<TokenKind, Operation>>;

const SUMS: Operations = { '+': add, '-': subtract };
const PRODUCTS: Operations = { '*': multiply, '/': divide, '%': remainder };

/** An operand of a power, with the sign before it. */
interface Signed {
  readonly negative: boolean;
  readonly value: Rational;
  readonly column: number;
}

/** The exact value of an expression. Throws a CalculatorError when it has none. */
export function evaluate(expression: string): Rational {
  return new Evaluation(expression).value();
}

class Evaluation {
  readonly #tokens: Tokens;
  readonly #work = new Work();
  #nesting = 0;

  constructor(expression: string) {
    this.#tokens = new Tokens(expression);
  }

  value(): Rational {
    if (this.#isAt('end')) throw problem.empty();
    const value = this.#sum();
    if (this.#isAt('end')) return value;
    const { kind, column } = this.#tokens;
    throw kind === ')' ? problem.unexpected(kind, column) : problem.expectedOperator(column);
  }

  #sum(): Rational {
    let left = this.#product();
    for (let apply = SUMS[this.#tokens.kind]; apply; apply = SUMS[this.#tokens.kind]) {
      this.#tokens.advance();
      left = this.#apply(apply, left, this.#product());
    }
    return left;
  }

  #product(): Rational {
    let left = this.#signed();
    for (let apply = PRODUCTS[this.#tokens.kind]; apply; apply = PRODUCTS[this.#tokens.kind]) {
      this.#tokens.advance();
      left = this.#apply(apply, left, this.#signed());
    }
    return left;
  }

  #apply(operation: Operation, left: Rational, right: Rational): Rational {
    this.#work.operation(sizeOf(left), sizeOf(right));
    return operation(left, right, this.#work);
  }

  /** Signs and powers: the operands from left to right, then their values from right to left. */
  #signed(): Rational {
    let right = this.#signedOperand();
    const bases: Signed[] = [];
    while (this.#isAt('^')) {
      this.#tokens.advance();
      bases.push(right);
      right = this.#signedOperand();
    }
    for (let base = bases.pop(); base; base = bases.pop()) {
      const exponent = withSign(right);
      right = { ...base, value: power(base.value, exponent, right.column, this.#work) };
    }
    return withSign(right);
  }

  #signedOperand(): Signed {
    const { column } = this.#tokens;
    let negative = false;
    while (this.#isAt('-') || this.#isAt('+')) {
      if (this.#isAt('-')) negative = !negative;
      this.#tokens.advance();
    }
    return { negative, value: this.#operand(), column };
  }

  #operand(): Rational {
    const { kind, value, column } = this.#tokens;
    if (kind === 'number') {
      this.#tokens.advance();
      return value;
    }
    if (kind !== '(') throw problem.expectedNumber(column);
    if (++this.#nesting > MAX_NESTING) throw problem.tooDeep(column);
    this.#tokens.advance();
    const inner = this.#sum();
    this.#close(column);
    this.#nesting--;
    return inner;
  }

  #isAt(kind: TokenKind): boolean {
    return this.#tokens.kind === kind;
  }

  /** @param opened is the column of the '(' to close. */
  #close(opened: number): void {
    const { kind, column } = this.#tokens;
    if (kind === 'end') throw problem.unclosed(opened);
    if (kind !== ')') throw problem.expectedOperator(column);
    this.#tokens.advance();
  }
}

function withSign({ negative, value }: Signed): Rational {
  return negative ? negate(value) : value;
}
