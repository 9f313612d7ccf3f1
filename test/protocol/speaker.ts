/**
 * Speaks with a conversation as a server does: in one buffer that it lends and soon overwrites,
 * with one buffer for the replies of a turn.
 */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import type { Conversation } from '../../src/protocol/conversation.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';

const LENT_BYTES = 64 * 1024;

export class Speaker {
  readonly #conversation: Conversation;
  readonly #lent = Buffer.alloc(LENT_BYTES);
  readonly #replies = new ReplyBuffer();
  readonly #heard: Buffer[] = [];
  /** Bytes that are in the reply buffer already when the conversation comes to answer. */
  occupied = 0;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Sends a text, or bytes, in pieces of at most `pieceLength`. */
  say(what: string | Uint8Array, pieceLength = LENT_BYTES): this {
    const bytes = Buffer.from(what);
    for (let start = 0; start < bytes.length; start += pieceLength) {
      const length = bytes.copy(this.#lent, 0, start, start + pieceLength);
      this.#conversation.receive(this.#lent, length);
      this.#answer();
    }
    return this;
  }

  pause(): this {
    this.#conversation.pause();
    this.#answer();
    return this;
  }

  end(): this {
    this.#conversation.end();
    this.#answer();
    return this;
  }

  /** The bytes of all replies since the last call. */
  heard(): Buffer {
    return Buffer.concat(this.#heard.splice(0));
  }

  /** The lines of all replies since the last call, without LF. */
  lines(): string[] {
    const text = this.heard().toString();
    return text === '' ? [] : text.replace(/\n$/, '').split('\n');
  }

  #answer(): void {
    for (let more = true; more; ) {
      this.#replies.length = this.occupied;
      more = this.#conversation.answer(this.#replies);
      const { bytes, length } = this.#replies;
      this.#heard.push(Buffer.from(bytes.subarray(this.occupied, length)));
      if (more && this.occupied > 0 && length === this.occupied) this.occupied = 0;
      if (more) this.#conversation.retainInput();
      this.#lent.fill('!');
    }
  }
}

/** Bytes as clients may send them: mostly sums and line ends, and anything else. */
export const clientBytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\0', '\0\0\n') },
      { weight: 4, arbitrary: fc.constantFrom('22 + 44', '1/3', '2', '(', '', 'é', '🙂') },
      { weight: 1, arbitrary: fc.constantFrom(4095, 4096, 4097).map(count => '1'.repeat(count)) },
      { weight: 1, arbitrary: fc.constantFrom(1, 2047, 2048).map(count => '\r\0'.repeat(count)) },
      { weight: 3, arbitrary: fc.uint8Array({ maxLength: 12 }) },
    ),
    { maxLength: 16 },
  )
  .map(parts => Buffer.concat(parts.map(part => Buffer.from(part as Uint8Array))));

/** Lengths of the pieces that bytes are split into; when they are used up, they begin anew. */
export const splitting = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(4095, 4096, 4097, 10_000)),
  { minLength: 1, maxLength: 8 },
);

export function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  for (let start = 0, count = 0; start < bytes.length; count++) {
    const length = lengths[count % lengths.length] as number;
    yield bytes.subarray(start, start + length);
    start += length;
  }
}
