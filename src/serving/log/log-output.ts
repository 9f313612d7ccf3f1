/**
 * Standard output that never makes a server wait. A terminal that is held, a pipe that nobody
 * reads, a FIFO whose reader is being restarted: lines wait in a bounded backlog, past it they are
 * dropped and later counted, and so are those that a full disk does not take.
 */
import { Buffer } from 'node:buffer';
import { EINTR } from '../../sockets/native.ts';
import { system } from '../../sockets/system-calls.ts';
import { SystemError } from '../../sockets/system-error.ts';
import { DISPLAY_BACKLOG_BYTES, DISPLAY_FLUSH_BYTES, READER_PAUSE_MS } from '../limits.ts';
import type { Watcher } from '../select/select-loop.ts';
import type { DisplayStyle, SaidStyle } from './log-style.ts';
import { type StandardOutput, standardOutput } from './standard-output.ts';

const LF = 0x0a;

/** No stamp is longer. */
const STAMP_BYTES = 64;

/**
 * What write(2) says of an output that is gone for good; other errors may pass. Of a pipe EPIPE does:
 * a FIFO may get another reader.
 */
const GONE = new Set(['EPIPE', 'EBADF', 'EIO', 'ECONNRESET']);

/** What an Output had to leave to another. */
export interface Unwritten {
  readonly lines: Uint8Array;
  /** How many more lines there were no room for. */
  readonly dropped: number;
}

export class Output implements Watcher {
  readonly fd: number;
  readonly #style: DisplayStyle;
  readonly #standard: StandardOutput;
  /** Lines, from `#position` to `#length` still to be written. */
  readonly #bytes = Buffer.allocUnsafeSlow(DISPLAY_BACKLOG_BYTES);
  #position = 0;
  #length = 0;
  /** Lines dropped since the display fell behind: until it has caught up, so are all. */
  #dropped = 0;
  /** Dropped lines that a note at the beginning of `#bytes`, not written yet, tells of. */
  #noted = 0;
  #stalled = false;
  /** A pipe has no reader: when to try again. select(2) is no help, it calls such a pipe writable. */
  #nextTry: number | undefined;
  #gone = false;

  constructor(style: DisplayStyle) {
    this.#style = style;
    this.#standard = standardOutput();
    this.fd = this.#standard.fd;
  }

  /** Whether lines wait until the output can be written again. */
  get stalled(): boolean {
    return this.#stalled;
  }

  /** Whether the pipe has no reader, so that `flush` has to be called again in READER_PAUSE_MS. */
  get hasNoReader(): boolean {
    return this.#nextTry !== undefined;
  }

  print(line: string): void {
    if (!this.#hasRoomFor(3 * line.length + 1)) return;
    this.#stamp();
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length++] = LF;
  }

  /** Prints what somebody said, bytes `start` to `end`. */
  printSaid(style: SaidStyle, bytes: Buffer, start: number, end: number): void {
    const { before, after, mostBytes } = style;
    if (!this.#hasRoomFor(before.length + mostBytes + after.length)) return;
    this.#stamp();
    this.#append(before);
    this.#length = style.write(this.#bytes, this.#length, bytes, start, end);
    this.#append(after);
  }

  /** Gives up what could not be written yet, for another Output to write. */
  handOver(): Unwritten {
    const lines = this.#bytes.subarray(this.#position, this.#length);
    const unwritten = { lines: new Uint8Array(lines), dropped: this.#dropped };
    this.#position = this.#length;
    this.#noted = 0;
    this.#dropped = 0;
    return unwritten;
  }

  /** Writes what another Output could not. */
  takeOver({ lines, dropped }: Unwritten): void {
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
    while (!this.#stalled && this.#hasBytes() && this.#write());
  }

  writable(): void {
    this.#stalled = false;
    this.flush();
  }

  readable(): void {}

  #stamp(): void {
    const stamp = this.#style.stamp();
    if (stamp !== '') this.#length += this.#bytes.write(stamp, this.#length, 'latin1');
  }

  /** Short: a loop is quicker than a copy. */
  #append(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) {
      this.#bytes[this.#length++] = bytes[index] as number;
    }
  }

  /** Whether a line of at most so many bytes may be added now; else it is dropped. */
  #hasRoomFor(bytes: number): boolean {
    if (this.#gone) return false;
    if (this.#length - this.#position > DISPLAY_FLUSH_BYTES) this.flush();
    if (this.#dropped > 0 && this.#position === this.#length) this.#tellOfDropped();
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
    this.#tellOfDropped();
    return this.#noted > 0;
  }

  /** All is written: begins anew, with a note when lines were dropped. */
  #tellOfDropped(): void {
    this.#position = 0;
    this.#length = 0;
    this.#noted = this.#dropped;
    this.#dropped = 0;
    if (this.#noted > 0) this.print(this.#style.dropped(this.#noted));
  }

  /** @returns whether it could. */
  #write(): boolean {
    if (!this.#standard.isWritable()) {
      this.#stalled = true;
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

  /** As many whole lines as one write may carry, so that lines of several threads do not mix. */
  #endOfWholeLines(): number {
    const furthest = this.#position + this.#standard.writeBytes;
    if (furthest >= this.#length) return this.#length;
    const end = this.#bytes.lastIndexOf(LF, furthest - 1) + 1;
    return end > this.#position ? end : furthest;
  }

  #failed(code: string): void {
    if (code === 'EAGAIN') {
      this.#stalled = true;
    } else if (code === 'EPIPE' && this.#standard.mayGetReader) {
      this.#nextTry = system.now() + READER_PAUSE_MS;
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
