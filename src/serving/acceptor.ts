/**
 * Accepts new clients and admits them, or refuses them when the server is full. When accept(2)
 * fails, for example because no descriptor is free, it pauses: the admitted clients come first.
 */
import type { Counts } from '../protocol/conversation.ts';
import type { Address } from '../sockets/address.ts';
import type { Accepted, Socket } from '../sockets/socket.ts';
import { type SystemError, survivable } from '../sockets/system-error.ts';
import { ACCEPTS_PER_TICK, RETRY_DELAY_MS } from './limits.ts';
import type { LingeringCloser } from './lingering-close.ts';
import type { Log } from './log/log.ts';
import type { EventHandler, SelectLoop } from './select/select-loop.ts';

/** The clients of a server. Each kind of server has its own way to serve them. */
export interface Clients {
  /** How many are being served. */
  readonly size: number;
  /** Of all clients so far, including those that have left. */
  readonly counts: Counts;
  /** Serves one more, on a non-blocking socket. */
  admit(socket: Socket, peer: Address): void;
  /** The server stops: sends the pending replies and disconnects each client. */
  drain(): void;
  /** The grace period is over: disconnects the remaining clients at once. */
  forceClose(): void;
}

interface AcceptorOptions {
  readonly loop: SelectLoop;
  readonly log: Log;
  readonly closer: LingeringCloser;
  readonly listener: Socket;
  readonly clients: Clients;
  /** Clients served at the same time. */
  readonly limit: number;
}

export class Acceptor implements EventHandler {
  readonly fd: number;
  /** How many clients have been admitted. */
  admitted = 0;
  /** How many clients have been refused because the server was full. */
  refused = 0;
  readonly #options: AcceptorOptions;
  /** The server was full, and the tick since then has made a full scan: it may refuse now. */
  #hasScanned = false;
  /** Since the last accepted client. Only the first of several failures in a row is logged. */
  #hasFailed = false;
  #isQueued = false;
  #isPausing = false;
  #isStopped = false;

  constructor(options: AcceptorOptions) {
    this.fd = options.listener.fd;
    this.#options = options;
    options.loop.watchReads(this);
  }

  /** Waits for the end of the tick: a client that leaves in the same tick makes room. */
  onReadable(): void {
    this.#acceptAtEndOfTick();
  }

  onWritable(): void {}

  /** Accepts no more clients. */
  stop(): void {
    this.#isStopped = true;
    this.#options.loop.unwatch(this);
    this.#options.listener.close();
  }

  /** Only once per tick: a second time could refuse a client without a full scan before it. */
  #acceptAtEndOfTick(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#options.loop.atEndOfTick(this.#acceptClients);
  }

  readonly #acceptClients = (): void => {
    this.#isQueued = false;
    if (this.#isPausing || this.#isStopped) return;
    const mayRefuse = this.#hasScanned;
    this.#hasScanned = false;
    if (!this.#hasRoom && !mayRefuse) this.#scanForRoom();
    for (let count = 0; count < ACCEPTS_PER_TICK; count++) {
      if (!this.#hasRoom && !mayRefuse) return;
      const accepted = this.#accept();
      if (!accepted) return;
      if (this.#hasRoom) this.#admit(accepted);
      else this.#refuse(accepted);
    }
  };

  get #hasRoom(): boolean {
    return this.#options.clients.size < this.#options.limit;
  }

  /** Before a client is refused, one more tick finds the clients that have already left. */
  #scanForRoom(): void {
    this.#hasScanned = true;
    this.#options.loop.requestFullScan();
    this.#acceptAtEndOfTick();
  }

  #admit({ socket, peer }: Accepted): void {
    this.admitted++;
    this.#options.clients.admit(socket, peer);
  }

  #refuse({ socket, peer }: Accepted): void {
    const { limit, log, closer } = this.#options;
    const others = limit === 1 ? 'another client is' : `${limit} clients are`;
    const reason = `server busy: ${others} being served, try again later`;
    this.refused++;
    log.refused(peer, reason);
    closer.refuse(socket, `error: ${reason}`);
  }

  #accept(): Accepted | undefined {
    try {
      const accepted = this.#options.listener.accept(true);
      if (accepted) this.#hasFailed = false;
      return accepted;
    } catch (error) {
      this.#pause(survivable(error));
      return undefined;
    }
  }

  #pause(error: SystemError): void {
    const { loop, log } = this.#options;
    if (!this.#hasFailed) log.retrying(error);
    this.#hasFailed = true;
    this.#isPausing = true;
    loop.unwatchReads(this);
    loop.after(RETRY_DELAY_MS, () => {
      this.#isPausing = false;
      if (!this.#isStopped) loop.watchReads(this);
    });
  }
}
