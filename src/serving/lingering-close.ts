/**
 * A lingering close (RFC 9112, nginx) for clients that are refused. Closing a socket with unread
 * input resets the connection, and a reset may destroy the reply that was just sent. So: send the
 * reply, end our direction, discard what still arrives until the client closes or LINGER_MS have
 * passed, then close.
 */
import { Buffer } from 'node:buffer';
import { type Socket, WOULD_BLOCK } from '../sockets/socket.ts';
import { survivable } from '../sockets/system-error.ts';
import { LINGER_MS, MOST_LINGERING } from './limits.ts';
import type { EventHandler, SelectLoop } from './select/select-loop.ts';
import type { Timer } from './select/timers.ts';

const discarded = Buffer.allocUnsafeSlow(4096);

export class LingeringCloser {
  readonly #loop: SelectLoop;
  readonly #lingering = new Set<LingeringSocket>();

  constructor(loop: SelectLoop) {
    this.#loop = loop;
  }

  /** Sends `reply` to a client on a non-blocking socket, and closes. */
  refuse(socket: Socket, reply: string): void {
    const onClosed = (): void => void this.#lingering.delete(refused);
    const refused = new LingeringSocket(this.#loop, socket, reply, onClosed);
    this.#lingering.add(refused);
    refused.start(this.#lingering.size <= MOST_LINGERING);
  }

  /** How many sockets are not closed yet. */
  get size(): number {
    return this.#lingering.size;
  }

  /** Closes all of them at once. */
  forceClose(): void {
    for (const socket of this.#lingering) socket.close();
  }
}

class LingeringSocket implements EventHandler {
  readonly fd: number;
  readonly #loop: SelectLoop;
  readonly #socket: Socket;
  readonly #onClosed: () => void;
  #unsent: Buffer;
  #mayLinger = false;
  #isClosed = false;
  #timer: Timer | undefined;

  constructor(loop: SelectLoop, socket: Socket, reply: string, onClosed: () => void) {
    this.fd = socket.fd;
    this.#loop = loop;
    this.#socket = socket;
    this.#unsent = Buffer.from(`${reply}\n`);
    this.#onClosed = onClosed;
  }

  /** @param mayLinger false: one attempt to send, then the socket is closed at once. */
  start(mayLinger: boolean): void {
    this.#mayLinger = mayLinger;
    if (mayLinger) this.#timer = this.#loop.after(LINGER_MS, () => this.close());
    this.onWritable();
  }

  /** One send may take only a part of the reply; the rest follows when the socket is writable. */
  onWritable(): void {
    this.#attempt(() => {
      const sent = this.#socket.send(this.#unsent);
      if (sent !== WOULD_BLOCK) this.#unsent = this.#unsent.subarray(sent);
      if (this.#unsent.length > 0) {
        this.#loop.watchWrites(this);
      } else {
        this.#loop.unwatchWrites(this);
        this.#loop.watchReads(this);
        if (!this.#socket.shutdown('write')) this.close();
      }
    });
  }

  onReadable(): void {
    this.#attempt(() => {
      if (this.#socket.recv(discarded) === 0) this.close();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#timer) this.#loop.cancel(this.#timer);
    this.#loop.unwatch(this);
    this.#socket.close();
    this.#onClosed();
  }

  #attempt(work: () => void): void {
    try {
      work();
      if (!this.#mayLinger) this.close();
    } catch (error) {
      survivable(error);
      this.close();
    }
  }
}
