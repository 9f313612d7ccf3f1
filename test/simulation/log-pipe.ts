/**
 * The server's standard output, and who reads it: at once, slowly, not for a time, or no more. A
 * pipe takes up to 4,096 bytes as a whole or not at all (PIPE_BUF, pipe(7)).
 */
import type { FileType } from '../../src/sockets/process-calls.ts';
import { EAGAIN, EPIPE } from './errors.ts';

const PIPE_BUF = 4096;

export class LogPipe {
  readonly type: FileType;
  readonly #capacity: number;
  /** All that was written. */
  text = '';
  #waiting = 0;
  #reads = true;
  /** Nobody has it open for reading. */
  isBroken = false;

  constructor(type: FileType, capacity: number) {
    this.type = type;
    this.#capacity = type === 'file' ? Number.POSITIVE_INFINITY : capacity;
  }

  get isWritable(): boolean {
    return this.isBroken || this.#room >= Math.min(PIPE_BUF, this.#capacity);
  }

  /** The result of write(2) on a non-blocking descriptor. */
  write(text: string): number {
    if (this.isBroken) return -EPIPE;
    const room = this.#room;
    if (room <= 0 || (text.length <= PIPE_BUF && text.length > room)) return -EAGAIN;
    const taken = text.slice(0, Math.min(room, text.length));
    this.text += taken;
    if (!this.#reads && this.type !== 'file') this.#waiting += taken.length;
    return taken.length;
  }

  reads(on: boolean): void {
    this.#reads = on;
    if (on) this.#waiting = 0;
  }

  readsSome(bytes: number): void {
    this.#waiting = Math.max(0, this.#waiting - bytes);
  }

  get #room(): number {
    return this.#capacity - this.#waiting;
  }
}
