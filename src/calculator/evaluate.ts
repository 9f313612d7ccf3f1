/**
 * Evaluates an expression as it reads it, by precedence climbing: an operand, then operators that
 * bind tighter than the one before it, each with a right operand found in the same way.
 */
import { problem } from './errors.ts';
import { MAX_NESTING } from './limits.ts';
import { add, divide, multiply, negate, type Rational, subtract } from './rational.ts';
import { type Token, tokenize } from './tokens.ts';

interface Operator {
  readonly precedence: number;
  apply(left: Rational, right: Rational): Rational;
}

const OPERATORS: Partial<Record<Token['kind'], Operator>> = {
  '+': { precedence: 1, apply: add },
  '-': { precedence: 1, apply: subtract },
  '*': { precedence: 2, apply: multiply },
  '/': { precedence: 2, apply: divideUnlessZero },
};

function divideUnlessZero(left: Rational, right: Rational): Rational {
  if (right.numerator === 0n) throw problem.divisionByZero();
  return divide(left, right);
}

/** The exact value of an expression. Throws a CalculatorError when it has none. */
export function evaluate(expression: string): Rational {
  return new Evaluation(tokenize(expression)).value();
}

class Evaluation {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  value(): Rational {
    if (this.#peek().kind === 'end') throw problem.empty();
    const value = this.#expression(0);
    const rest = this.#peek();
    if (rest.kind === 'number') throw problem.expectedOperator(rest.column);
    if (rest.kind !== 'end') throw problem.unexpected(rest.kind, rest.column);
    return value;
  }

  /** An expression of operators that bind tighter than `precedence`. */
  #expression(precedence: number): Rational {
    let left = this.#operand();
    for (;;) {
      const operator = OPERATORS[this.#peek().kind];
      if (!operator || operator.precedence <= precedence) return left;
      this.#next++;
      left = operator.apply(left, this.#expression(operator.precedence));
    }
  }

  #operand(): Rational {
    const token = this.#peek();
    this.#next++;
    if (token.value) return token.value;
    if (++this.#nesting > MAX_NESTING) throw problem.tooDeep(token.column);
    const value = this.#signedOrNested(token);
    this.#nesting--;
    return value;
  }

  #signedOrNested(token: Token): Rational {
    if (token.kind === '-') return negate(this.#operand());
    if (token.kind === '+') return this.#operand();
    if (token.kind !== '(') throw problem.expectedNumber(token.column);
    const value = this.#expression(0);
    if (this.#peek().kind === 'number') throw problem.expectedOperator(this.#peek().column);
    if (this.#peek().kind !== ')') throw problem.unclosed(token.column);
    this.#next++;
    return value;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }
}
