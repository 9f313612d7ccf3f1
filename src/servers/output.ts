/**
 * Standard output that never makes a server wait. A terminal that is held, a pipe that nobody
 * reads, a full disk: lines wait in a bounded backlog, past it they are dropped and later counted.
 */
import { Buffer } from 'node:buffer';
import { writeSync } from 'node:fs';
import { DISPLAY_BACKLOG_BYTES, DISPLAY_FLUSH_BYTES } from './limits.ts';
import type { Watcher } from './select-loop.ts';
import { type StandardOutput, standardOutput } from './standard-output.ts';

const LF = 0x0a;

const NOTHING: Buffer = Buffer.alloc(0);

/** What write(2) says of an output that is gone for good; other errors may pass. */
const GONE = new Set(['EPIPE', 'EBADF', 'EIO', 'ECONNRESET']);

export class Output implements Watcher {
  readonly fd: number;
  readonly #standard: StandardOutput;
  /** Lines not encoded yet. */
  #lines = '';
  /** Encoded lines, from `#position` on still to be written. */
  #bytes = NOTHING;
  #position = 0;
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

  get #unwritten(): number {
    return this.#bytes.length - this.#position;
  }

  print(line: string): void {
    if (this.#gone) return;
    if (this.#lines.length > DISPLAY_FLUSH_BYTES) this.flush();
    if (this.#lines.length + this.#unwritten > DISPLAY_BACKLOG_BYTES) this.#dropped++;
    else this.#lines += `${line}\n`;
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

  #hasBytes(): boolean {
    if (this.#position < this.#bytes.length) return true;
    this.#bytes = NOTHING;
    this.#position = 0;
    this.#noted = 0;
    if (this.#lines === '') return false;
    if (this.#dropped > 0) {
      this.#noted = this.#dropped;
      this.#dropped = 0;
      this.#lines += `(${this.#noted} lines not shown: the display was too slow)\n`;
    }
    this.#bytes = Buffer.from(this.#lines);
    this.#lines = '';
    return true;
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
    if (furthest >= this.#bytes.length) return this.#bytes.length;
    const end = this.#bytes.lastIndexOf(LF, furthest - 1) + 1;
    return end > this.#position ? end : furthest;
  }

  #failed(code: string): void {
    if (code === 'EAGAIN') {
      this.#stalled = true;
    } else if (GONE.has(code)) {
      this.#gone = true;
      this.#dropped = 0;
      this.#position = this.#bytes.length;
    } else {
      for (const byte of this.#bytes.subarray(this.#position)) if (byte === LF) this.#dropped++;
      if (this.#noted > 0) this.#dropped += this.#noted - 1;
      this.#position = this.#bytes.length;
    }
  }
}
