/**
 * Framing: where one message ends and the next begins (docs/protocol.md). A message ends at LF. Until
 * a client has sent its first LF, a pause ends its message too, and so does the end of input. CR and
 * NUL around a message are dropped. If a client has sent no LF yet, NULs on their own are an empty
 * message; after an LF they are padding of the line before.
 *
 * Messages stay in the borrowed buffer. Only a partial message at its end, and input that has to wait
 * for another time slice, are copied.
 */
import { Buffer } from 'node:buffer';

/**
 * Longest message in bytes, without its line end: long enough for sums, short enough for the memory
 * of 10,000 clients.
 */
export const MAX_MESSAGE_BYTES = 4096;

/** Until a client has sent its first LF, a pause of this length ends its message. */
export const PAUSE_MS = 20;

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;

export type Framed = 'message' | 'too long' | undefined;

const NOTHING: Buffer = Buffer.alloc(0);

export class Framer {
  /**
   * What `next` found: bytes `start` to `end` of `bytes`; of a message that is too long perhaps only
   * the beginning.
   */
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
  /** The partial message is NULs only, and the client has sent no LF yet. */
  #hasOnlyNuls = false;
  /** The partial message was too long and has been reported: the rest of it is dropped. */
  #isDiscarding = false;

  #hasSeenLineFeed = false;
  /** A pause, or the end of input, has ended the partial message. */
  #isFlushed = false;

  /** Whether a pause would end a message now. */
  get hasPartialMessage(): boolean {
    if (this.#hasSeenLineFeed) return false;
    return this.#partial !== undefined || this.#isDiscarding || this.#hasOnlyNuls;
  }

  /** Whether there is input that `next` has not looked at. */
  get hasInput(): boolean {
    return this.#position < this.#length || this.#isFlushed;
  }

  /** Borrows the first `length` bytes until `next` has used them, or `retainInput`. */
  receive(bytes: Buffer, length: number): void {
    this.#input = bytes;
    this.#position = 0;
    this.#length = length;
  }

  /** The partial message is a message: the client has paused, or its input has ended. */
  flush(): void {
    this.#isFlushed = true;
  }

  /** Finds the next message: it lies at `bytes`, `start`, `end` until the next call. */
  next(): Framed {
    while (this.#position < this.#length) {
      const lineFeed = this.#findLineFeed();
      const found = lineFeed < 0 ? this.#keepPartial() : this.#takeLine(lineFeed);
      if (found) return found;
    }
    this.bytes = NOTHING;
    this.#input = NOTHING;
    if (!this.#isFlushed) return undefined;
    this.#isFlushed = false;
    return this.#takePartial();
  }

  /** Copies the input that `next` has not looked at: the borrowed buffer may be used again. */
  retainInput(): void {
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
    if (this.#isDiscarding) {
      this.#isDiscarding = false;
      return undefined;
    }
    if (!this.#partial) return this.#found(this.#input, from, lineFeed);
    return this.#append(from, lineFeed) ? this.#takePartial() : 'too long';
  }

  #takePartial(): Framed {
    this.#isDiscarding = false;
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

  #keepPartial(): Framed {
    const from = this.#position;
    this.#position = this.#length;
    if (this.#isDiscarding || this.#append(from, this.#length)) return undefined;
    this.#isDiscarding = true;
    return 'too long';
  }

  /**
   * Adds bytes `from` to `to` of the input to the partial message.
   * @returns false if that makes it too long; it is then dropped.
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
