/**
 * Cuts an expression into numbers, operators and parentheses. It is a cursor on one token at a time,
 * not a list of tokens: it allocates only the value of a number, and never reads past an error.
 */
import { unexpectedAt } from './characters.ts';
import { endOfLiteral, literalValue } from './literal.ts';
import { ONE, type Rational } from './rational.ts';

type Sign = '+' | '-' | '*' | '/' | '%' | '^' | '(' | ')';

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
  } satisfies Record<string, Sign>).flatMap(([spellings, sign]) =>
    [...spellings].map((spelling): [number, Sign] => [spelling.charCodeAt(0), sign]),
  ),
);

const TAB = 0x09;
const SPACE = 0x20;
const ASTERISK = 0x2a;

export class Tokens {
  kind: TokenKind = 'end';
  /** The value, when the token is a number. */
  value: Rational = ONE;
  /** The token's position, in characters from 1. */
  column = 0;
  readonly #text: string;
  #offset = 0;

  /** The cursor begins on the first token. */
  constructor(expression: string) {
    this.#text = expression;
    this.advance();
  }

  /** Moves to the next token; after the last one, `end` repeats. */
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
