/** The echo conversation: the same bytes back, whatever they are. It has no framing. */
import { Buffer } from 'node:buffer';
import type { Conversation, Observer } from './conversation.ts';
import type { ReplyBuffer } from './reply-buffer.ts';

const NOTHING: Buffer = Buffer.alloc(0);

export class EchoConversation implements Conversation {
  readonly hasPartialMessage = false;
  messages = 0;
  readonly errors = 0;
  readonly #observer: Observer | undefined;
  #input = NOTHING;
  #position = 0;
  #length = 0;

  constructor(observer?: Observer) {
    this.#observer = observer;
  }

  receive(bytes: Buffer, length: number): void {
    this.#input = bytes;
    this.#position = 0;
    this.#length = length;
  }

  pause(): void {}

  end(): void {}

  answer(replies: ReplyBuffer): boolean {
    const start = this.#position;
    const end = Math.min(this.#length, start + replies.room);
    if (end > start) {
      replies.append(this.#input, start, end);
      this.messages++;
      this.#observer?.message(this.#input, start, end);
      this.#observer?.reply(this.#input, start, end);
    }
    this.#position = end;
    return end < this.#length;
  }

  retainInput(): void {
    this.#input = Buffer.from(this.#input.subarray(this.#position, this.#length));
    this.#length -= this.#position;
    this.#position = 0;
  }
}
