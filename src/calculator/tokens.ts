/** Cuts an expression into numbers, operators and parentheses, one at a time, as they are asked for. */
import { unexpectedAt } from './characters.ts';
import { endOfLiteral, literalValue } from './literal.ts';
import type { Rational } from './rational.ts';

type Sign = '+' | '-' | '*' | '/' | '%' | '^' | '(' | ')';

export interface Token {
  /** A sign, a number with its value, or the end of the expression. */
  readonly kind: Sign | 'number' | 'end';
  readonly value?: Rational;
  /** In characters, from 1. */
  readonly column: number;
}

const SIGNS: Record<string, Sign> = {
  '+': '+',
  '-': '-',
  '−': '-',
  '*': '*',
  '×': '*',
  '·': '*',
  '/': '/',
  '÷': '/',
  '%': '%',
  '^': '^',
  '(': '(',
  ')': ')',
};

export class Tokens {
  readonly #expression: string;
  #offset = 0;

  constructor(expression: string) {
    this.#expression = expression;
  }

  /** The next token; the last one is the end, again and again. */
  next(): Token {
    const text = this.#expression;
    while (text[this.#offset] === ' ' || text[this.#offset] === '\t') this.#offset++;
    const start = this.#offset;
    const column = start + 1;
    if (start >= text.length) return { kind: 'end', column };
    const end = endOfLiteral(text, start);
    if (end > start) {
      this.#offset = end;
      return { kind: 'number', value: literalValue(text.slice(start, end)), column };
    }
    const sign = SIGNS[text[start] as string];
    if (!sign) throw unexpectedAt(text, start);
    const isPower = sign === '*' && text.startsWith('**', start);
    this.#offset = start + (isPower ? 2 : 1);
    return { kind: isPower ? '^' : sign, column };
  }
}
