/**
 * Evaluates an expression while it reads it, by the levels of the grammar:
 *
 *   sum      = product { ("+" | "-") product }
 *   product  = signed { ("*" | "/" | "%") signed }
 *   signed   = { "+" | "-" } power
 *   power    = operand [ "^" signed ]
 *   operand  = number | "(" sum ")"
 *
 * No function calls itself: with recursion, deep nesting on a small stack (`ulimit -s`) would end the
 * process. The sums around an open parenthesis are kept in a list instead. The first error from left
 * to right is the one reported.
 */
import { add, divide, multiply, negate, remainder, subtract } from './arithmetic.ts';
import { MAX_NESTING, problem } from './errors.ts';
import { power } from './power.ts';
import { type Rational, sizeOf } from './rational.ts';
import { type TokenKind, Tokens } from './tokens.ts';
import { Work } from './work.ts';

type Operation = (left: Rational, right: Rational, work: Work) => Rational;
type Operations = Partial<Record<TokenKind, Operation>>;

const SUMS: Operations = { '+': add, '-': subtract };
const PRODUCTS: Operations = { '*': multiply, '/': divide, '%': remainder };

/** An operand of a power, with the sign before it. */
interface Signed extends Sign {
  readonly value: Rational;
}

interface Sign {
  readonly negative: boolean;
  readonly column: number;
}

/** A left side that waits for its right side. */
interface Pending {
  readonly left: Rational;
  readonly apply: Operation;
}

/** A sum that is only partly read: the whole expression, or the inside of a parenthesis. */
class Sum {
  /** The sign before the parenthesis, and the column of its '('. */
  readonly sign: Sign;
  readonly opened: number;
  /** Left sides whose right side is not read yet. */
  sum: Pending | undefined;
  product: Pending | undefined;
  /** Bases whose exponents are not read yet, from left to right. */
  readonly bases: Signed[] = [];

  constructor(sign: Sign, opened: number) {
    this.sign = sign;
    this.opened = opened;
  }
}

/** The exact value of an expression. Throws a CalculatorError when it has none. */
export function evaluate(expression: string): Rational {
  return new Evaluation(expression).value();
}

class Evaluation {
  readonly #tokens: Tokens;
  readonly #work = new Work();
  /** The innermost sum, and the sums around it, outermost first. */
  #inner = new Sum({ negative: false, column: 0 }, 0);
  readonly #outer: Sum[] = [];

  constructor(expression: string) {
    this.#tokens = new Tokens(expression);
  }

  value(): Rational {
    if (this.#isAt('end')) throw problem.empty();
    for (;;) {
      const value = this.#completed(this.#operand());
      if (value) return value;
    }
  }

  /** Reads up to the next number, through the parentheses that open before it. */
  #operand(): Signed {
    for (;;) {
      const sign = this.#sign();
      const { kind, value, column } = this.#tokens;
      if (kind !== 'number' && kind !== '(') throw problem.expectedNumber(column);
      if (kind === '(' && this.#outer.length === MAX_NESTING) throw problem.tooDeep(column);
      this.#tokens.advance();
      if (kind === 'number') return { negative: sign.negative, value, column: sign.column };
      this.#outer.push(this.#inner);
      this.#inner = new Sum(sign, column);
    }
  }

  #sign(): Sign {
    const { column } = this.#tokens;
    let negative = false;
    while (this.#isAt('-') || this.#isAt('+')) {
      if (this.#isAt('-')) negative = !negative;
      this.#tokens.advance();
    }
    return { negative, column };
  }

  /**
   * Applies an operand, and every power, product and sum that it completes. A completed parenthesis
   * is itself an operand, so this repeats.
   * @returns the value of the expression, or undefined when another operand must follow.
   */
  #completed(operand: Signed): Rational | undefined {
    for (let right = operand; ; ) {
      const value = this.#sumCompletedBy(right);
      if (!value) return undefined;
      const outer = this.#outer.pop();
      if (!outer) return this.#atEnd(value);
      const { sign, opened } = this.#inner;
      this.#close(opened);
      this.#inner = outer;
      right = { negative: sign.negative, value, column: sign.column };
    }
  }

  /** @returns the value of the innermost sum, or undefined when an operator follows. */
  #sumCompletedBy(operand: Signed): Rational | undefined {
    const inner = this.#inner;
    if (this.#isAt('^')) {
      this.#tokens.advance();
      inner.bases.push(operand);
      return undefined;
    }
    const product = this.#applied(inner.product, this.#powers(operand));
    inner.product = this.#pending(PRODUCTS, product);
    if (inner.product) return undefined;
    const sum = this.#applied(inner.sum, product);
    inner.sum = this.#pending(SUMS, sum);
    return inner.sum ? undefined : sum;
  }

  /** A chain of powers is read from left to right and calculated from right to left. */
  #powers(exponent: Signed): Rational {
    const { bases } = this.#inner;
    let right = exponent;
    for (let base = bases.pop(); base; base = bases.pop()) {
      const value = power(base.value, withSign(right), right.column, this.#work);
      right = { negative: base.negative, value, column: base.column };
    }
    return withSign(right);
  }

  #applied(pending: Pending | undefined, right: Rational): Rational {
    if (!pending) return right;
    this.#work.operation(sizeOf(pending.left), sizeOf(right));
    return pending.apply(pending.left, right, this.#work);
  }

  /** The left side of an operation, if one of these operators follows. */
  #pending(operations: Operations, left: Rational): Pending | undefined {
    const apply = operations[this.#tokens.kind];
    if (!apply) return undefined;
    this.#tokens.advance();
    return { left, apply };
  }

  #atEnd(value: Rational): Rational {
    const { kind, column } = this.#tokens;
    if (kind === 'end') return value;
    throw kind === ')' ? problem.unexpected(kind, column) : problem.expectedOperator(column);
  }

  /** @param opened is the column of the '(' to close. */
  #close(opened: number): void {
    const { kind, column } = this.#tokens;
    if (kind === 'end') throw problem.unclosed(opened);
    if (kind !== ')') throw problem.expectedOperator(column);
    this.#tokens.advance();
  }

  #isAt(kind: TokenKind): boolean {
    return this.#tokens.kind === kind;
  }
}

function withSign({ negative, value }: Signed): Rational {
  return negative ? negate(value) : value;
}
