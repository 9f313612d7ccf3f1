/**
 * The fast path for the usual message, such as `22 + 44`: whole numbers of up to 15 digits with at
 * most two operators, from the received bytes to the bytes of the reply. It allocates nothing.
 * Numbers are doubles, and only safe integers, so nothing is rounded.
 *
 * Every other message, right or wrong, takes the slow path: `calculate`. Where both paths have a
 * result, the results are the same (test/calculator/fast-path.unit.ts).
 */
import { NEEDS_SLOW_PATH, writeQuotient, writeWhole } from './fast-path-digits.ts';

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
/** Returned instead of an operator at the end of the expression. */
const END = -1;

export class FastPath {
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;
  #end = 0;

  /**
   * Evaluates the bytes from `start` to `end` and writes the value, at most 40 bytes, into `reply`
   * from `at` on.
   * @returns the end of the value, or NEEDS_SLOW_PATH; then ignore what was written.
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
    if (this.#operator() !== END) return NEEDS_SLOW_PATH;
    return bindsTighter(second, first)
      ? write(a, first, whole(b, second, c), reply, at)
      : write(whole(a, first, b), second, c, reply, at);
  }

  /**
   * A whole number, perhaps with a minus; NaN when there is none. After 15 digits it stops: a
   * sixteenth is then read as the operator, which makes the result NaN.
   */
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

  /** The next byte, whatever it is: `operate` gives NaN for a byte that is no operator. */
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

/** The result of one operation if it is a safe integer, otherwise NaN. NaN in gives NaN out. */
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
  return operator === OVER ? writeQuotient(left, right, reply, at) : NEEDS_SLOW_PATH;
}
