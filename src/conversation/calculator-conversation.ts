/** The calculator conversation: each message is an expression, each reply its value or an error. */
import { type Buffer, isUtf8 } from 'node:buffer';
import { CalculatorError, calculate } from '../calculator/calculate.ts';
import type { Conversation, Observer } from './conversation.ts';
import { Framer, MAX_MESSAGE_BYTES } from './framing.ts';
import type { ReplyBuffer } from './reply-buffer.ts';

const TOO_LONG = `error: message too long (limit ${MAX_MESSAGE_BYTES} bytes)`;
const NOT_TEXT = 'error: message is not UTF-8 text';

export class CalculatorConversation implements Conversation {
  readonly #framer = new Framer();
  readonly #observer: Observer | undefined;

  constructor(observer?: Observer) {
    this.#observer = observer;
  }

  get unfinished(): boolean {
    return this.#framer.unfinished;
  }

  receive(bytes: Buffer, length: number): void {
    this.#framer.receive(bytes, length);
  }

  pause(): void {
    this.#framer.finish();
  }

  end(): void {
    this.#framer.finish();
  }

  answer(replies: ReplyBuffer): boolean {
    if (!replies.isFull) {
      const found = this.#framer.next();
      if (found) this.#reply(found === 'message', replies);
    }
    return this.#framer.hasInput;
  }

  keepInput(): void {
    this.#framer.keepInput();
  }

  #reply(fits: boolean, replies: ReplyBuffer): void {
    const { bytes, start, end } = this.#framer;
    const replyStart = replies.length;
    replies.appendLine(fits ? replyTo(bytes, start, end) : TOO_LONG);
    this.#observer?.message(bytes, start, end);
    this.#observer?.reply(replies.bytes, replyStart, replies.length - 1);
  }
}

function replyTo(bytes: Buffer, start: number, end: number): string {
  const expression = bytes.toString('utf8', start, end);
  if (expression.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) return NOT_TEXT;
  try {
    return calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}
