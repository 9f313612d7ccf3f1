/**
 * Cuts an expression into numbers, operators and parentheses. It is a cursor, which stands on one
 * token at a time, and not a list: nothing is made for a token but its value, and what comes after
 * an error is never looked at.
 */
import { unexpectedAt } from './characters.ts';
import { endOfLiteral, literalValue } from './literal.ts';
import { ONE, type Rational } from './rational.ts';

type Sign = '+' | '-' | '*' | '/' | '%' | '^' | '(' | ')';

/** A sign, a number, or the end of the expression. */
export type TokenKind = Sign | 'number' | 'end';

const SIGNS = new Map<number, Sign>(
  Object.entries({
    '+': '+',
    '-−': '-',
    '*×·': '*',
    '/÷': '/',
    '%': '%',
    '^': '^',
    '(': '(',
    ')': ')',
  } satisfies Record<string, Sign>).flatMap(([twins, sign]) =>
    [...twins].map((twin): [number, Sign] => [twin.charCodeAt(0), sign]),
  ),
);

const TAB = 0x09;
const SPACE = 0x20;
const ASTERISK = 0x2a;

export class Tokens {
  kind: TokenKind = 'end';
  /** Of a number. */
  value: Rational = ONE;
  /** Where the token begins, in characters from 1. */
  column = 0;
  readonly #text: string;
  #offset = 0;

  /** Stands on the first token. */
  constructor(expression: string) {
    this.#text = expression;
    this.advance();
  }

  /** Goes to the next token; after the last one is the end, again and again. */
  advance(): void {
    const text = this.#text;
    const start = this.#skipSpaces();
    this.column = start + 1;
    if (start >= text.length) {
      this.kind = 'end';
      return;
    }
    const end = endOfLiteral(text, start);
    if (end > start) {
      this.kind = 'number';
      this.value = literalValue(text, start, end);
      this.#offset = end;
      return;
    }
    const sign = SIGNS.get(text.charCodeAt(start));
    if (!sign) throw unexpectedAt(text, start);
    const isPower = text.charCodeAt(start) === ASTERISK && text.charCodeAt(start + 1) === ASTERISK;
    this.kind = isPower ? '^' : sign;
    this.#offset = start + (isPower ? 2 : 1);
  }

  #skipSpaces(): number {
    let offset = this.#offset;
    for (;;) {
      const code = this.#text.charCodeAt(offset);
      if (code !== SPACE && code !== TAB) return offset;
      offset++;
    }
  }
}
