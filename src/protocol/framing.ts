/**
 * Framing: where one message ends and the next begins, by docs/protocol.md. A message ends at LF;
 * until a client has sent its first LF, a pause ends it too; and so does the end of input. CR and
 * NUL around a message are dropped. Of a client that has sent no LF yet, NULs with nothing else are
 * an empty message, padded; behind an LF they are padding that belongs to the line before.
 *
 * Messages are handed out where they lie, in the bytes that were lent: only what is unfinished at
 * the end of a turn, or has to wait for the next, is copied.
 */

import { Buffer } from 'node:buffer';

/** Longest message in bytes, without its line end. Roomy for sums, small enough for 10,000 clients. */
export const MAX_MESSAGE_BYTES = 4096;

/** How long unfinished bytes of a client without LF must lie before they are a message. */
export const PAUSE_MS = 20;

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;

export type Framed = 'message' | 'too long' | undefined;

const NOTHING: Buffer = Buffer.alloc(0);

export class Framer {
  /** What `next` found: bytes `start` to `end` of `bytes`; of a message too long its beginning. */
  bytes = NOTHING;
  start = 0;
  end = 0;

  /** Input not looked at yet: `#position` to `#length` of `#input`. */
  #input = NOTHING;
  #position = 0;
  #length = 0;

  /** The beginning of a message whose end has not come yet; it never begins with NUL. */
  #partial: Buffer | undefined;
  #partialLength = 0;
  /** What is unfinished are NULs with nothing else, of a client that has sent no LF yet. */
  #hasOnlyNuls = false;
  /** What is unfinished has grown too long, and been reported: the rest of it is dropped. */
  #discarding = false;

  #hasSeenLineFeed = false;
  /** A pause or the end of input has finished what was unfinished. */
  #finished = false;

  /** Whether a pause would finish a message now. */
  get unfinished(): boolean {
    if (this.#hasSeenLineFeed) return false;
    return this.#partial !== undefined || this.#discarding || this.#hasOnlyNuls;
  }

  /** Whether input lies here that `next` has not looked at. */
  get hasInput(): boolean {
    return this.#position < this.#length || this.#finished;
  }

  /** Takes the first `length` bytes on loan, until they are used up or `keepInput`. */
  receive(bytes: Buffer, length: number): void {
    this.#input = bytes;
    this.#position = 0;
    this.#length = length;
  }

  /** What is unfinished is a message: the client paused, or its input has ended. */
  finish(): void {
    this.#finished = true;
  }

  /** Finds the next message: it lies at `bytes`, `start`, `end` until the next call. */
  next(): Framed {
    while (this.#position < this.#length) {
      const lineFeed = this.#findLineFeed();
      const found = lineFeed < 0 ? this.#keepUnfinished() : this.#takeLine(lineFeed);
      if (found) return found;
    }
    this.bytes = NOTHING;
    this.#input = NOTHING;
    if (!this.#finished) return undefined;
    this.#finished = false;
    return this.#takePartial();
  }

  /** Ends the loan: copies what `next` has not looked at yet. */
  keepInput(): void {
    this.#input = Buffer.from(this.#input.subarray(this.#position, this.#length));
    this.#length -= this.#position;
    this.#position = 0;
  }

  #findLineFeed(): number {
    const input = this.#input;
    for (let index = this.#position; index < this.#length; index++) {
      if (input[index] === LF) return index;
    }
    return -1;
  }

  #takeLine(lineFeed: number): Framed {
    const from = this.#position;
    this.#position = lineFeed + 1;
    this.#hasSeenLineFeed = true;
    this.#hasOnlyNuls = false;
    if (this.#discarding) {
      this.#discarding = false;
      return undefined;
    }
    if (!this.#partial) return this.#found(this.#input, from, lineFeed);
    return this.#append(from, lineFeed) ? this.#takePartial() : 'too long';
  }

  #takePartial(): Framed {
    this.#discarding = false;
    const partial = this.#partial;
    const isMessage = partial !== undefined || this.#hasOnlyNuls;
    this.#partial = undefined;
    this.#hasOnlyNuls = false;
    if (!isMessage) return undefined;
    if (!partial) return this.#found(NOTHING, 0, 0);
    return this.#found(partial, 0, this.#partialLength);
  }

  #found(bytes: Buffer, from: number, to: number): Framed {
    let start = from;
    let end = to;
    while (start < end && bytes[start] === NUL) start++;
    while (end > start && (bytes[end - 1] === CR || bytes[end - 1] === NUL)) end--;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    return end - start > MAX_MESSAGE_BYTES ? 'too long' : 'message';
  }

  #keepUnfinished(): Framed {
    const from = this.#position;
    this.#position = this.#length;
    if (this.#discarding || this.#append(from, this.#length)) return undefined;
    this.#discarding = true;
    return 'too long';
  }

  /**
   * Adds bytes `from` to `to` of the input to the unfinished message.
   * @returns false when that makes it too long; it is then dropped.
   */
  #append(from: number, to: number): boolean {
    const input = this.#input;
    let start = from;
    if (!this.#partial) {
      while (start < to && input[start] === NUL) start++;
      if (start === to) {
        this.#hasOnlyNuls = !this.#hasSeenLineFeed;
        return true;
      }
      this.#partial = Buffer.allocUnsafeSlow(MAX_MESSAGE_BYTES);
      this.#partialLength = 0;
    }
    const kept = Math.min(to, start + MAX_MESSAGE_BYTES - this.#partialLength);
    input.copy(this.#partial, this.#partialLength, start, kept);
    this.#partialLength += kept - start;
    for (let index = kept; index < to; index++) {
      if (input[index] !== CR && input[index] !== NUL) {
        this.#takePartial();
        return false;
      }
    }
    return true;
  }
}
