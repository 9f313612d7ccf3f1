/**
 * Standard output that never makes a server wait. A terminal that is held, a pipe that nobody
 * reads, a full disk: lines wait in a bounded backlog, past it they are dropped and later counted.
 */
import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import { MOST_PRINTED_BYTES, writePrintable } from '../terminal/printable.ts';
import { DISPLAY_BACKLOG_BYTES, DISPLAY_FLUSH_BYTES } from './limits.ts';
import type { Watcher } from './select-loop.ts';
import { type StandardOutput, standardOutput } from './standard-output.ts';

const LF = 0x0a;

/** What write(2) says of an output that is gone for good; other errors may pass. */
const GONE = new Set(['EPIPE', 'EBADF', 'EIO', 'ECONNRESET']);

export class Output implements Watcher {
  readonly fd: number;
  readonly #standard: StandardOutput;
  /** Lines, from `#position` to `#length` still to be written. */
  readonly #bytes = Buffer.allocUnsafeSlow(DISPLAY_BACKLOG_BYTES);
  #position = 0;
  #length = 0;
  /** Lines dropped since the display fell behind: until it has caught up, so are all. */
  #dropped = 0;
  /** Dropped lines that a note at the end of `#bytes` tells of. */
  #noted = 0;
  #stalled = false;
  #gone = false;

  constructor() {
    this.#standard = standardOutput();
    this.fd = this.#standard.fd;
  }

  /** Whether lines wait until the output can be written again. */
  get stalled(): boolean {
    return this.#stalled;
  }

  print(line: string): void {
    if (!this.#hasRoomFor(3 * line.length + 1)) return;
    this.#length += this.#bytes.write(line, this.#length);
    this.#bytes[this.#length++] = LF;
  }

  /** Prints a line: `what`, then what somebody said, bytes `start` to `end`, made printable. */
  printSaid(what: Buffer, bytes: Buffer, start: number, end: number): void {
    if (!this.#hasRoomFor(what.length + MOST_PRINTED_BYTES + 1)) return;
    const target = this.#bytes;
    let to = this.#length;
    for (let index = 0; index < what.length; index++) target[to++] = what[index] as number;
    to = writePrintable(target, to, bytes, start, end);
    target[to++] = LF;
    this.#length = to;
  }

  /** Writes what can be written without waiting. */
  flush(): void {
    while (!this.#stalled && this.#hasBytes() && this.#write());
  }

  writable(): void {
    this.#stalled = false;
    this.flush();
  }

  readable(): void {}

  /** Whether a line of at most so many bytes may be added now; else it is dropped. */
  #hasRoomFor(bytes: number): boolean {
    if (this.#gone) return false;
    if (this.#length - this.#position > DISPLAY_FLUSH_BYTES) this.flush();
    if (this.#dropped > 0 && this.#position === this.#length) this.#tellOfDropped();
    if (this.#dropped === 0 && this.#makeRoom(bytes)) return true;
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
    if (this.#noted > 0) this.print(`(${this.#noted} lines not shown: the display was too slow)`);
  }

  /** @returns whether it could. */
  #write(): boolean {
    if (!this.#standard.isWritable()) {
      this.#stalled = true;
      return false;
    }
    try {
      const length = this.#endOfWholeLines() - this.#position;
      this.#position += writeSync(this.fd, this.#bytes, this.#position, length);
      return true;
    } catch (error) {
      this.#failed((error as NodeJS.ErrnoException).code ?? '');
      return false;
    }
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
    } else if (GONE.has(code)) {
      this.#gone = true;
      this.#dropped = 0;
      this.#position = this.#length;
    } else {
      const lost = this.#bytes.subarray(this.#position, this.#length);
      for (const byte of lost) if (byte === LF) this.#dropped++;
      if (this.#noted > 0) this.#dropped += this.#noted - 1;
      this.#position = this.#length;
    }
  }
}
