/** Cuts an expression into numbers, operators and parentheses, each with its column. */
import { problem } from './errors.ts';
import { decimal, type Rational } from './rational.ts';

type Sign = '+' | '-' | '*' | '/' | '(' | ')';

export interface Token {
  /** A sign, a number with its value, or the end of the expression. */
  readonly kind: Sign | 'number' | 'end';
  readonly value?: Rational;
  /** In characters, from 1. */
  readonly column: number;
}

const SIGNS = new Set<string>(['+', '-', '*', '/', '(', ')']);

export function tokenize(expression: string): Token[] {
  const characters = [...expression];
  const tokens: Token[] = [];
  let index = 0;
  while (index < characters.length) {
    const character = characters[index] as string;
    const column = index + 1;
    if (isDigit(character) || (character === '.' && isDigit(characters[index + 1]))) {
      const end = endOfNumber(characters, index);
      tokens.push({ kind: 'number', value: numberFrom(characters.slice(index, end)), column });
      index = end;
    } else {
      if (SIGNS.has(character)) tokens.push({ kind: character as Sign, column });
      else if (character !== ' ' && character !== '\t') throw unexpected(character, column);
      index++;
    }
  }
  tokens.push({ kind: 'end', column: characters.length + 1 });
  return tokens;
}

function unexpected(character: string, column: number): Error {
  return /\p{C}|\p{Z}/u.test(character)
    ? problem.unprintable(column)
    : problem.unexpected(character, column);
}

/** Digits, and one point at most. */
function endOfNumber(characters: readonly string[], start: number): number {
  let end = start;
  while (isDigit(characters[end])) end++;
  if (characters[end] === '.') end++;
  else return end;
  while (isDigit(characters[end])) end++;
  return end;
}

function numberFrom(characters: readonly string[]): Rational {
  const [whole = '', fraction = ''] = characters.join('').split('.');
  return decimal(BigInt(whole + fraction), fraction.length);
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
