/**
 * Standard output that never makes a server wait. A terminal that is held, a pipe that nobody
 * reads, a full disk: lines wait in a bounded backlog, past it they are dropped and later counted.
 */
import { Buffer } from 'node:buffer';
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { FdSet, select } from '../sockets/select.ts';
import { DISPLAY_BACKLOG_BYTES } from './limits.ts';
import type { Watcher } from './select-loop.ts';

const STDOUT = 1;

/** A pipe takes so many bytes as a whole or not at all, whoever else writes to it: PIPE_BUF. */
const WRITE_BYTES = 4096;

const LF = 0x0a;

/** What write(2) says of an output that is gone for good; other errors may pass. */
const GONE = new Set(['EPIPE', 'EBADF', 'EIO', 'ECONNRESET']);

export class Output implements Watcher {
  readonly fd: number;
  readonly #mayBlock: boolean;
  /** Lines not encoded yet. */
  #lines = '';
  /** Encoded lines, from `#position` on still to be written. */
  #bytes = Buffer.alloc(0);
  #position = 0;
  #dropped = 0;
  /** Dropped lines that a note at the end of `#bytes` tells of. */
  #noted = 0;
  #stalled = false;
  #gone = false;

  constructor() {
    const reopened = reopenNonBlocking();
    this.fd = reopened ?? STDOUT;
    this.#mayBlock = reopened === undefined && !fstatSync(STDOUT).isFile();
  }

  /** Whether lines wait until the output can be written again. */
  get stalled(): boolean {
    return this.#stalled;
  }

  print(line: string): void {
    if (this.#gone) return;
    if (this.#lines.length + this.#bytes.length > DISPLAY_BACKLOG_BYTES) this.#dropped++;
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
    this.#noted = this.#lines === '' ? 0 : this.#dropped;
    this.#dropped -= this.#noted;
    if (this.#noted > 0) {
      this.#lines += `(${this.#noted} lines not shown: the display was too slow)\n`;
    }
    this.#bytes = Buffer.from(this.#lines);
    this.#position = 0;
    this.#lines = '';
    return this.#bytes.length > 0;
  }

  /** @returns whether it could. */
  #write(): boolean {
    if (this.#mayBlock && !isWritable(this.fd)) {
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
    const furthest = this.#position + WRITE_BYTES;
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

/**
 * Opens a terminal or pipe anew, for O_NONBLOCK belongs to the open file and our own must not
 * disturb those who share it. Undefined where that is not possible or not needed.
 */
function reopenNonBlocking(): number | undefined {
  const status = fstatSync(STDOUT);
  if (process.platform !== 'linux' || !(status.isFIFO() || status.isCharacterDevice())) {
    return undefined;
  }
  try {
    return openSync(
      `/proc/self/fd/${STDOUT}`,
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
  } catch {
    return undefined;
  }
}

/** Whether select(2) says so: a pipe or socket then takes WRITE_BYTES without blocking. */
function isWritable(fd: number): boolean {
  const writable = new FdSet();
  writable.add(fd);
  return select(new FdSet(), writable, 0) > 0;
}
