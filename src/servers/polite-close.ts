/**
 * Tells clients that they are refused and lets them hear it. To close a socket with unread input
 * resets the connection, and a reset may destroy the reply that was just sent. So: send, end our
 * direction, discard what still comes until the client hangs up or its time is over, then close.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from '../sockets/socket.ts';
import { SystemError } from '../sockets/system-error.ts';
import { POLITE_CLOSE_MS, POLITE_CLOSES } from './limits.ts';
import type { SelectLoop, Watcher } from './select-loop.ts';
import type { Timer } from './timers.ts';

const discarded = Buffer.allocUnsafeSlow(4096);

export class PoliteCloser {
  readonly #loop: SelectLoop;
  readonly #closing = new Set<Closing>();

  constructor(loop: SelectLoop) {
    this.#loop = loop;
  }

  /** Says `reply` to a client on a non-blocking socket, and closes. */
  refuse(socket: Socket, reply: string): void {
    const closing = new Closing(this.#loop, socket, () => this.#closing.delete(closing));
    this.#closing.add(closing);
    closing.start(reply, this.#closing.size <= POLITE_CLOSES);
  }

  /** Clients that are still waited for. */
  get size(): number {
    return this.#closing.size;
  }

  /** Waits for nobody any longer. */
  cutOff(): void {
    for (const closing of this.#closing) closing.close();
  }
}

class Closing implements Watcher {
  readonly fd: number;
  readonly #loop: SelectLoop;
  readonly #socket: Socket;
  readonly #onClosed: () => void;
  #timer: Timer | undefined;

  constructor(loop: SelectLoop, socket: Socket, onClosed: () => void) {
    this.fd = socket.fd;
    this.#loop = loop;
    this.#socket = socket;
    this.#onClosed = onClosed;
  }

  start(reply: string, mayWait: boolean): void {
    try {
      this.#socket.send(Buffer.from(`${reply}\n`));
      if (this.#socket.shutdown('write') && mayWait) this.#awaitEnd();
      else this.close();
    } catch (error) {
      this.#closeAfter(error);
    }
  }

  #awaitEnd(): void {
    this.#loop.watchReads(this);
    this.#timer = this.#loop.after(POLITE_CLOSE_MS, () => this.close());
  }

  readable(): void {
    try {
      if (this.#socket.recv(discarded) === 0) this.close();
    } catch (error) {
      this.#closeAfter(error);
    }
  }

  writable(): void {}

  close(): void {
    if (this.#timer) this.#loop.cancel(this.#timer);
    this.#loop.forget(this);
    this.#socket.close();
    this.#onClosed();
  }

  #closeAfter(error: unknown): void {
    if (!(error instanceof SystemError)) throw error;
    this.close();
  }
}
