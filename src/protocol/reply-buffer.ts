/**
 * The replies for one send(2): a preallocated buffer that a server fills with the replies of a time
 * slice, sends, and uses again for the next client.
 */
import { Buffer } from 'node:buffer';

/** Bytes of replies in one send. */
const CAPACITY = 64 * 1024;

/** Up to this many bytes a loop is faster than a copy, which first creates views of both buffers. */
const SHORT = 64;

/** No single reply is longer, its LF included. */
const MAX_REPLY_BYTES = 4 * 1024;

const LF = 0x0a;

export class ReplyBuffer {
  readonly bytes = Buffer.allocUnsafeSlow(CAPACITY);
  length = 0;

  /** Bytes that still fit. */
  get room(): number {
    return CAPACITY - this.length;
  }

  /** Whether the next reply may no longer fit. */
  get isFull(): boolean {
    return this.room < MAX_REPLY_BYTES;
  }

  clear(): void {
    this.length = 0;
  }

  /** Appends a line of text and its LF, unless `isFull`. */
  appendLine(text: string): void {
    this.length += this.bytes.write(text, this.length, 'utf8');
    this.bytes[this.length++] = LF;
  }

  /** Appends the text that was written into `bytes` from `length` to `end`, and an LF. */
  endLine(end: number): void {
    this.bytes[end] = LF;
    this.length = end + 1;
  }

  /** Appends bytes `start` to `end`. Check `room` first. */
  append(bytes: Buffer, start: number, end: number): void {
    if (end - start > SHORT) {
      this.length += bytes.copy(this.bytes, this.length, start, end);
      return;
    }
    for (let index = start; index < end; index++)
      this.bytes[this.length++] = bytes[index] as number;
  }
}
