/** The calculator conversation: each message is an expression, each reply its value or an error. */
import { type Buffer, isUtf8 } from 'node:buffer';
import { CalculatorError, calculate } from '../calculator/calculate.ts';
import { FastPath } from '../calculator/fast-path.ts';
import { NEEDS_SLOW_PATH } from '../calculator/fast-path-digits.ts';
import type { Conversation, Observer } from './conversation.ts';
import { Framer, MAX_MESSAGE_BYTES } from './framing.ts';
import type { ReplyBuffer } from './reply-buffer.ts';

const TOO_LONG = `error: message too long (limit ${MAX_MESSAGE_BYTES} bytes)`;
const NOT_TEXT = 'error: message is not UTF-8 text';

export class CalculatorConversation implements Conversation {
  messages = 0;
  errors = 0;
  readonly #framer = new Framer();
  readonly #fastPath = new FastPath();
  readonly #observer: Observer | undefined;

  constructor(observer?: Observer) {
    this.#observer = observer;
  }

  get hasPartialMessage(): boolean {
    return this.#framer.hasPartialMessage;
  }

  receive(bytes: Buffer, length: number): void {
    this.#framer.receive(bytes, length);
  }

  pause(): void {
    this.#framer.flush();
  }

  end(): void {
    this.#framer.flush();
  }

  answer(replies: ReplyBuffer): boolean {
    while (!replies.isFull) {
      const found = this.#framer.next();
      if (!found) break;
      const wasFast = found === 'message' && this.#replyFast(replies);
      if (!wasFast) this.#reply(found === 'message', replies);
      if (!wasFast || this.#observer) break;
    }
    return this.#framer.hasInput;
  }

  retainInput(): void {
    this.#framer.retainInput();
  }

  /** @returns false, and changes nothing, when the message needs the slow path. */
  #replyFast(replies: ReplyBuffer): boolean {
    const { bytes, start, end } = this.#framer;
    const replyStart = replies.length;
    const replyEnd = this.#fastPath.calculate(bytes, start, end, replies.bytes, replyStart);
    if (replyEnd === NEEDS_SLOW_PATH) return false;
    replies.endLine(replyEnd);
    this.messages++;
    if (this.#observer) this.#show(this.#observer, replies, replyStart);
    return true;
  }

  #reply(fits: boolean, replies: ReplyBuffer): void {
    const { bytes, start, end } = this.#framer;
    const replyStart = replies.length;
    const reply = fits ? replyTo(bytes, start, end) : TOO_LONG;
    replies.appendLine(reply);
    this.messages++;
    if (reply.startsWith('error')) this.errors++;
    if (this.#observer) this.#show(this.#observer, replies, replyStart);
  }

  #show(observer: Observer, replies: ReplyBuffer, replyStart: number): void {
    const { bytes, start, end } = this.#framer;
    observer.message(bytes, start, end);
    observer.reply(replies.bytes, replyStart, replies.length - 1);
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
