/**
 * Standard output that never makes a server wait. When a terminal is paused, a pipe is not read, or
 * the reader of a FIFO restarts, lines wait in a bounded backlog. Lines that do not fit, or that a
 * full disk does not take, are dropped, and a later line reports how many.
 */
import { Buffer } from 'node:buffer';
import { EINTR } from '../../sockets/constants.ts';
import { system } from '../../sockets/system-calls.ts';
import { SystemError } from '../../sockets/system-error.ts';
import { LOG_BACKLOG_BYTES, LOG_FLUSH_BYTES, READER_RETRY_MS } from '../limits.ts';
import type { EventHandler } from '../select/select-loop.ts';
import type { LogFormat, TrafficFormat } from './log-format.ts';
import { type StandardOutput, standardOutput } from './standard-output.ts';

const LF = 0x0a;

/** No stamp is longer. */
const STAMP_BYTES = 64;

/**
 * Errors of write(2) after which the output never works again. Other errors may pass, and so may
 * EPIPE of a pipe: a FIFO may get another reader.
 */
const GONE = new Set(['EPIPE', 'EBADF', 'EIO', 'ECONNRESET']);

/** Lines that one LogOutput could not write and that another one takes over. */
export interface Unwritten {
  readonly lines: Uint8Array;
  /** How many more lines there was no room for. */
  readonly dropped: number;
}

export class LogOutput implements EventHandler {
  readonly fd: number;
  readonly #format: LogFormat;
  readonly #standard: StandardOutput;
  /** Lines; `#position` to `#length` are not written yet. */
  readonly #bytes = Buffer.allocUnsafeSlow(LOG_BACKLOG_BYTES);
  #position = 0;
  #length = 0;
  /** Lines dropped since the backlog was full: until it is written, all further lines are dropped. */
  #dropped = 0;
  /** Dropped lines that a note at the beginning of `#bytes` reports, until the note is written. */
  #noted = 0;
  #isBackpressured = false;
  /** When to try again, because the pipe has no reader: select(2) reports such a pipe as writable. */
  #nextTry: number | undefined;
  #gone = false;

  constructor(format: LogFormat) {
    this.#format = format;
    this.#standard = standardOutput();
    this.fd = this.#standard.fd;
  }

  /** Whether lines wait until the output is writable again. */
  get isBackpressured(): boolean {
    return this.#isBackpressured;
  }

  /** Whether the pipe has no reader, so that `flush` has to be called again in READER_RETRY_MS. */
  get hasNoReader(): boolean {
    return this.#nextTry !== undefined;
  }

  print(line: string): void {
    if (!this.#hasRoomFor(3 * line.length + 1)) return;
    this.#stamp();
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length++] = LF;
  }

  /** Prints bytes `start` to `end` of a message or a reply. */
  printTraffic(format: TrafficFormat, bytes: Buffer, start: number, end: number): void {
    const { before, after, mostBytes } = format;
    if (!this.#hasRoomFor(before.length + mostBytes + after.length)) return;
    this.#stamp();
    this.#append(before);
    this.#length = format.write(this.#bytes, this.#length, bytes, start, end);
    this.#append(after);
  }

  /** Removes the lines that could not be written yet, for another LogOutput to write. */
  takeUnwritten(): Unwritten {
    const lines = this.#bytes.subarray(this.#position, this.#length);
    const unwritten = { lines: new Uint8Array(lines), dropped: this.#dropped };
    this.#position = this.#length;
    this.#noted = 0;
    this.#dropped = 0;
    return unwritten;
  }

  /** Adds lines that another LogOutput could not write. */
  addUnwritten({ lines, dropped }: Unwritten): void {
    if (this.#gone) return;
    for (let start = 0; start < lines.length; ) {
      const lineFeed = lines.indexOf(LF, start);
      const end = lineFeed < 0 ? lines.length : lineFeed + 1;
      if (this.#hasRoomFor(end - start)) this.#append(lines.subarray(start, end));
      start = end;
    }
    this.#dropped += dropped;
  }

  /** Writes what can be written without waiting. */
  flush(): void {
    if (this.#nextTry !== undefined && system.now() < this.#nextTry) return;
    while (!this.#isBackpressured && this.#hasBytes() && this.#write());
  }

  onWritable(): void {
    this.#isBackpressured = false;
    this.flush();
  }

  onReadable(): void {}

  #stamp(): void {
    const stamp = this.#format.stamp();
    if (stamp !== '') this.#length += this.#bytes.write(stamp, this.#length, 'latin1');
  }

  /** For short pieces a loop is faster than a copy. */
  #append(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) {
      this.#bytes[this.#length++] = bytes[index] as number;
    }
  }

  /** Whether a line of at most this many bytes may be added now; otherwise it is dropped. */
  #hasRoomFor(bytes: number): boolean {
    if (this.#gone) return false;
    if (this.#length - this.#position > LOG_FLUSH_BYTES) this.flush();
    if (this.#dropped > 0 && this.#position === this.#length) this.#noteDropped();
    if (this.#dropped === 0 && this.#makeRoom(STAMP_BYTES + bytes)) return true;
    this.#dropped++;
    return false;
  }

  #makeRoom(bytes: number): boolean {
    if (this.#length + bytes <= this.#bytes.length) return true;
    this.#bytes.copyWithin(0, this.#position, this.#length);
    this.#length -= this.#position;
    this.#position = 0;
    return this.#length + bytes <= this.#bytes.length;
  }

  #hasBytes(): boolean {
    if (this.#position < this.#length) return true;
    this.#noteDropped();
    return this.#noted > 0;
  }

  /** All is written: starts again, with a note if lines were dropped. */
  #noteDropped(): void {
    this.#position = 0;
    this.#length = 0;
    this.#noted = this.#dropped;
    this.#dropped = 0;
    if (this.#noted > 0) this.print(this.#format.dropped(this.#noted));
  }

  /** @returns whether to go on. */
  #write(): boolean {
    if (!this.#standard.isWritable()) {
      this.#isBackpressured = true;
      return false;
    }
    const length = this.#endOfWholeLines() - this.#position;
    const bytes = this.#bytes.subarray(this.#position, this.#position + length);
    const written = system.write(this.fd, bytes, length);
    if (written < 0) {
      if (written !== -EINTR) this.#failed(new SystemError('write', -written).code);
      return written === -EINTR;
    }
    this.#position += written;
    this.#noted = 0;
    this.#nextTry = undefined;
    return true;
  }

  /** As many bytes as one write takes, but whole lines, or those of several threads mix. */
  #endOfWholeLines(): number {
    const furthest = this.#position + this.#standard.writeBytes;
    if (furthest >= this.#length) return this.#length;
    const end = this.#bytes.lastIndexOf(LF, furthest - 1) + 1;
    return end > this.#position ? end : furthest;
  }

  #failed(code: string): void {
    if (code === 'EAGAIN') {
      this.#isBackpressured = true;
    } else if (code === 'EPIPE' && this.#standard.mayGetReader) {
      this.#nextTry = system.now() + READER_RETRY_MS;
    } else if (GONE.has(code)) {
      this.#gone = true;
      this.#dropped = 0;
      this.#position = this.#length;
    } else {
      this.#dropped += countOfLines(this.#bytes.subarray(this.#position, this.#length));
      if (this.#noted > 0) this.#dropped += this.#noted - 1;
      this.#position = this.#length;
    }
  }
}

function countOfLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === LF) count++;
  return count;
}
