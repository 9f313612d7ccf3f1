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
import { problem } from './errors.ts';
import { MAX_NESTING } from './limits.ts';
import { power } from './power.ts';
import {
  add,
  divide,
  multiply,
  negate,
  type Rational,
  remainder,
  sizeOf,
  subtract,
} from './rational.ts';
import { type Token, Tokens } from './tokens.ts';
import { Work } from './work.ts';

type Operation = (left: Rational, right: Rational, work: Work) => Rational;
type Operations = Partial<Record<Token['kind'], Operation>>;

const SUMS: Operations = { '+': add, '-': subtract };
const PRODUCTS: Operations = { '*': multiply, '/': divide, '%': remainder };

/** Added to the sizes of two operands: what an operation costs beside its digits. */
const OVERHEAD = 8;

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
  #token: Token;
  #nesting = 0;

  constructor(expression: string) {
    this.#tokens = new Tokens(expression);
    this.#token = this.#tokens.next();
  }

  value(): Rational {
    if (this.#token.kind === 'end') throw problem.empty();
    const value = this.#sum();
    const { kind, column } = this.#token as Token;
    if (kind === 'end') return value;
    throw kind === ')' ? problem.unexpected(kind, column) : problem.expectedOperator(column);
  }

  #sum(): Rational {
    let left = this.#product();
    for (let apply = SUMS[this.#token.kind]; apply; apply = SUMS[this.#token.kind]) {
      this.#advance();
      left = this.#apply(apply, left, this.#product());
    }
    return left;
  }

  #product(): Rational {
    let left = this.#signed();
    for (let apply = PRODUCTS[this.#token.kind]; apply; apply = PRODUCTS[this.#token.kind]) {
      this.#advance();
      left = this.#apply(apply, left, this.#signed());
    }
    return left;
  }

  #apply(operation: Operation, left: Rational, right: Rational): Rational {
    this.#work.spend((sizeOf(left) + OVERHEAD) * (sizeOf(right) + OVERHEAD));
    return operation(left, right, this.#work);
  }

  /** Signs and powers: the operands from left to right, then their values from right to left. */
  #signed(): Rational {
    let right = this.#signedOperand();
    const bases: Signed[] = [];
    while (this.#token.kind === '^') {
      this.#advance();
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
    const { column } = this.#token;
    let negative = false;
    while (this.#token.kind === '-' || this.#token.kind === '+') {
      if (this.#token.kind === '-') negative = !negative;
      this.#advance();
    }
    return { negative, value: this.#operand(), column };
  }

  #operand(): Rational {
    const token = this.#token;
    if (token.value) {
      this.#advance();
      return token.value;
    }
    if (token.kind !== '(') throw problem.expectedNumber(token.column);
    if (++this.#nesting > MAX_NESTING) throw problem.tooDeep(token.column);
    this.#advance();
    const value = this.#sum();
    if (this.#token.kind === 'end') throw problem.unclosed(token.column);
    if (this.#token.kind !== ')') throw problem.expectedOperator(this.#token.column);
    this.#advance();
    this.#nesting--;
    return value;
  }

  #advance(): void {
    this.#token = this.#tokens.next();
  }
}

function withSign({ negative, value }: Signed): Rational {
  return negative ? negate(value) : value;
}
