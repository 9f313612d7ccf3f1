/**
 * The short way for what nearly everybody sends: `22 + 44` and its like, whole numbers of up to 15
 * digits and one or two operators, from bytes to bytes. No text, no token and no BigInt is made;
 * numbers are doubles as long as they are whole and safe, so nothing is ever rounded. Whatever is
 * different, or wrong, is left to `calculate`, and where both have an answer it is the same.
 */
import { NOT_QUICK, writeQuotient, writeWhole } from './quick-digits.ts';

const MAX_OPERAND_DIGITS = 15;

const TAB = 0x09;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

const TIMES = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const OVER = 0x2f;
const MODULO = 0x25;
/** In place of an operator: the expression ends. */
const END = -1;

export class QuickCalculator {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;

  /**
   * Writes the value of the expression in bytes `start` to `end` into `reply`, from `at`: 40 bytes
   * at most.
   * @returns where the reply ends, or NOT_QUICK, and then nothing counts that was written.
   */
  calculate(bytes: Uint8Array, start: number, end: number, reply: Uint8Array, at: number): number {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    const a = this.#operand();
    const first = this.#operator();
    if (first === END) return writeWhole(a, reply, at);
    const b = this.#operand();
    const second = this.#operator();
    if (second === END) return write(a, first, b, reply, at);
    const c = this.#operand();
    if (this.#operator() !== END) return NOT_QUICK;
    return bindsTighter(second, first)
      ? write(a, first, whole(b, second, c), reply, at)
      : write(whole(a, first, b), second, c, reply, at);
  }

  /** A whole number with a sign at most; NaN when there is none, or it is too long. */
  #operand(): number {
    this.#skipSpaces();
    const bytes = this.#bytes;
    let position = this.#position;
    const negative = bytes[position] === MINUS && position < this.#end;
    if (negative) position++;
    const start = position;
    const end = Math.min(this.#end, start + MAX_OPERAND_DIGITS);
    let value = 0;
    for (; position < end; position++) {
      const byte = bytes[position] as number;
      if (byte < ZERO || byte > NINE) break;
      value = value * 10 + (byte - ZERO);
    }
    this.#position = position;
    if (position === start) return Number.NaN;
    return negative ? -value : value;
  }

  /** The byte of an operator, if one it is: what else there may be is not quick. */
  #operator(): number {
    this.#skipSpaces();
    return this.#position < this.#end ? (this.#bytes[this.#position++] as number) : END;
  }

  #skipSpaces(): void {
    let position = this.#position;
    while (position < this.#end && isSpace(this.#bytes[position] as number)) position++;
    this.#position = position;
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

function bindsTighter(operator: number, other: number): boolean {
  return (other === PLUS || other === MINUS) && operator !== PLUS && operator !== MINUS;
}

/** The value of one operation when it is whole and safe, else NaN; of NaN, always NaN. */
function whole(left: number, operator: number, right: number): number {
  const value = operate(left, operator, right);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

function operate(left: number, operator: number, right: number): number {
  if (operator === PLUS) return left + right;
  if (operator === MINUS) return left - right;
  if (operator === TIMES) return left * right;
  if (operator === MODULO) return left % right;
  return operator === OVER && left % right === 0 ? left / right : Number.NaN;
}

function write(
  left: number,
  operator: number,
  right: number,
  reply: Uint8Array,
  at: number,
): number {
  const value = whole(left, operator, right);
  if (!Number.isNaN(value)) return writeWhole(value, reply, at);
  return operator === OVER ? writeQuotient(left, right, reply, at) : NOT_QUICK;
}
