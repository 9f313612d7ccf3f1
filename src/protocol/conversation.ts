/**
 * What one client says and is told, as bytes. A conversation knows no socket, no clock and no
 * other client; a server moves bytes between it and a socket:
 *
 *   received bytes   → receive   then answer until it returns false, sending what it wrote
 *   a silent client  → pause     (when `unfinished` for PAUSE_MS), then the same
 *   end of input     → end       then the same; after that all is said
 *
 * The bytes are lent, not given, so that nothing is copied in the usual case: a server that stops
 * answering while input waits, to go on later, says `keepInput` before it uses its buffer again.
 */
import type { Buffer } from 'node:buffer';
import type { ReplyBuffer } from './reply-buffer.ts';

/** How much was said so far. */
export interface Counts {
  /** Messages answered; of an echo conversation, which has none, pieces sent back. */
  readonly messages: number;
  /** Replies that were errors. */
  readonly errors: number;
}

export interface Conversation extends Counts {
  /** Whether the client's last bytes would be a message if it paused now. */
  readonly unfinished: boolean;
  /** Lends it the first `length` bytes, until they are used up or kept. Not while input waits. */
  receive(bytes: Buffer, length: number): void;
  pause(): void;
  end(): void;
  /**
   * Writes replies, in order, until the input is used up, the replies fill the buffer, or one of
   * them took some work: between two calls a server may look after its other clients.
   * @returns whether input waits to be answered by another call.
   */
  answer(replies: ReplyBuffer): boolean;
  /** Ends the loan while input waits: the conversation takes a copy of what it needs. */
  keepInput(): void;
}

/** Is shown each message and each reply, as they are said: bytes `start` to `end`, no line end. */
export interface Observer {
  message(bytes: Buffer, start: number, end: number): void;
  reply(bytes: Buffer, start: number, end: number): void;
}
