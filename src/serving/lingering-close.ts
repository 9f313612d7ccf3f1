/**
 * Tells clients that they are refused and lets them hear it. To close a socket with unread input
 * resets the connection, and a reset may destroy the reply that was just sent. So: send, end our
 * direction, discard what still comes until the client hangs up or its time is over, then close.
 */
import { Buffer } from 'node:buffer';
import { type Socket, WOULD_BLOCK } from '../sockets/socket.ts';
import { survivable } from '../sockets/system-error.ts';
import { POLITE_CLOSE_MS, POLITE_CLOSES } from './limits.ts';
import type { SelectLoop, Watcher } from './select/select-loop.ts';
import type { Timer } from './select/timers.ts';

const discarded = Buffer.allocUnsafeSlow(4096);

export class PoliteCloser {
  readonly #loop: SelectLoop;
  readonly #closing = new Set<Closing>();

  constructor(loop: SelectLoop) {
    this.#loop = loop;
  }

  /** Says `reply` to a client on a non-blocking socket, and closes. */
  refuse(socket: Socket, reply: string): void {
    const closing = new Closing(this.#loop, socket, reply, () => this.#closing.delete(closing));
    this.#closing.add(closing);
    closing.start(this.#closing.size <= POLITE_CLOSES);
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
  #unsent: Buffer;
  #mayWait = false;
  #isClosed = false;
  #timer: Timer | undefined;

  constructor(loop: SelectLoop, socket: Socket, reply: string, onClosed: () => void) {
    this.fd = socket.fd;
    this.#loop = loop;
    this.#socket = socket;
    this.#unsent = Buffer.from(`${reply}\n`);
    this.#onClosed = onClosed;
  }

  start(mayWait: boolean): void {
    this.#mayWait = mayWait;
    if (mayWait) this.#timer = this.#loop.after(POLITE_CLOSE_MS, () => this.close());
    this.writable();
  }

  /** A client that takes only a part of the reply, or none yet, gets the rest when it can. */
  writable(): void {
    this.#attempt(() => {
      const sent = this.#socket.send(this.#unsent);
      if (sent !== WOULD_BLOCK) this.#unsent = this.#unsent.subarray(sent);
      if (this.#unsent.length > 0) {
        this.#loop.watchWrites(this);
      } else {
        this.#loop.ignoreWrites(this);
        this.#loop.watchReads(this);
        if (!this.#socket.shutdown('write')) this.close();
      }
    });
  }

  readable(): void {
    this.#attempt(() => {
      if (this.#socket.recv(discarded) === 0) this.close();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#timer) this.#loop.cancel(this.#timer);
    this.#loop.forget(this);
    this.#socket.close();
    this.#onClosed();
  }

  #attempt(work: () => void): void {
    try {
      work();
      if (!this.#mayWait) this.close();
    } catch (error) {
      survivable(error);
      this.close();
    }
  }
}
