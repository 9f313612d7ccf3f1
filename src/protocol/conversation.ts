/**
 * What one client sends and receives, as bytes. A conversation knows no socket, no clock and no
 * other client. A server moves bytes between it and a socket:
 *
 *   received bytes   → receive, then answer until it returns false, and send what it wrote
 *   a silent client  → pause (while `hasPartialMessage`, after PAUSE_MS), then the same
 *   end of input     → end, then the same
 *
 * A conversation reads the server's receive buffer in place, so that usually nothing is copied. A
 * server that needs its buffer again while input is unanswered calls `retainInput` first.
 */
import type { Buffer } from 'node:buffer';
import type { ReplyBuffer } from './reply-buffer.ts';

export interface Counts {
  /** Messages answered; for an echo, which has no messages, pieces sent back. */
  readonly messages: number;
  /** Replies that were errors. */
  readonly errors: number;
}

export interface Conversation extends Counts {
  /** Whether the last bytes become a message if the client pauses now. */
  readonly hasPartialMessage: boolean;
  /**
   * Borrows the first `length` bytes until they are answered or retained. Call it only when no input
   * is left.
   */
  receive(bytes: Buffer, length: number): void;
  pause(): void;
  end(): void;
  /**
   * Writes replies, in order, until the input is answered, the replies fill the buffer, or one reply
   * took some work: between two calls a server may serve its other clients.
   * @returns whether input is left for another call.
   */
  answer(replies: ReplyBuffer): boolean;
  /** Copies the input that is left: the borrowed buffer may be used again. */
  retainInput(): void;
}

/** Sees each message and each reply: bytes `start` to `end`, without the line end. */
export interface Observer {
  message(bytes: Buffer, start: number, end: number): void;
  reply(bytes: Buffer, start: number, end: number): void;
}

/**
 * One client's time slice: empties `replies` and fills it with at most what one send takes, for at
 * most `milliseconds`.
 * @param now a clock, in milliseconds.
 * @returns whether input is left for another time slice.
 */
export function answerTimeSlice(
  conversation: Conversation,
  replies: ReplyBuffer,
  now: () => number,
  milliseconds: number,
): boolean {
  replies.clear();
  let hasInput = conversation.answer(replies);
  if (!hasInput) return false;
  const end = now() + milliseconds;
  while (hasInput && !replies.isFull && now() < end) hasInput = conversation.answer(replies);
  return hasInput;
}
