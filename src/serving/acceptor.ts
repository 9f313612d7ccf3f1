/**
 * Takes new clients from the listening socket and hands them on, or refuses them politely when the
 * server is full. When accept(2) fails, because the system has no descriptor left or the next client
 * is gone already, it pauses: the clients that are served come first.
 */
import type { Counts } from '../protocol/conversation.ts';
import type { Address } from '../sockets/address.ts';
import type { Accepted, Socket } from '../sockets/socket.ts';
import { type SystemError, survivable } from '../sockets/system-error.ts';
import { ACCEPTS_PER_TURN, FAILURE_PAUSE_MS } from './limits.ts';
import type { PoliteCloser } from './lingering-close.ts';
import type { Display } from './log/log.ts';
import type { SelectLoop, Watcher } from './select/select-loop.ts';

/** The clients of a server, however it serves them. */
export interface Clients {
  /** How many are being served. */
  readonly size: number;
  /** What was said by all so far, those included who have left. */
  readonly counts: Counts;
  /** Serves one more, on a non-blocking socket. */
  welcome(socket: Socket, peer: Address): void;
  /** The server stops: delivers the replies due and lets each client go. */
  finish(): void;
  /** Time is up: whoever is left is cut off. */
  cutOff(): void;
}

export class Acceptor implements Watcher {
  readonly fd: number;
  /** Clients that were welcomed so far. */
  welcomed = 0;
  /** Clients that were refused so far, for want of room. */
  refused = 0;
  readonly #loop: SelectLoop;
  readonly #listener: Socket;
  readonly #display: Display;
  readonly #clients: Clients;
  readonly #limit: number;
  readonly #closer: PoliteCloser;
  /** There was no room, and since then every client whose socket was ready has had its turn. */
  #hasLooked = false;
  /** Since the last client was accepted; of failures in a row only the first is shown. */
  #hasFailed = false;
  #isQueued = false;
  #isPausing = false;
  #stopped = false;

  /** @param limit clients served at the same time. */
  constructor(
    loop: SelectLoop,
    listener: Socket,
    display: Display,
    clients: Clients,
    closer: PoliteCloser,
    limit: number,
  ) {
    this.fd = listener.fd;
    this.#loop = loop;
    this.#listener = listener;
    this.#display = display;
    this.#clients = clients;
    this.#limit = limit;
    this.#closer = closer;
    loop.watchReads(this);
  }

  /** Newcomers wait for the end of the turn: a client that leaves in the same turn makes room. */
  readable(): void {
    this.#acceptAtEndOfTurn();
  }

  writable(): void {}

  /** No more clients. */
  stop(): void {
    this.#stopped = true;
    this.#loop.forget(this);
    this.#listener.close();
  }

  /** Once in a turn: a second time could not have looked for room in between. */
  #acceptAtEndOfTurn(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#loop.atEndOfTurn(this.#accept);
  }

  readonly #accept = (): void => {
    this.#isQueued = false;
    if (this.#isPausing || this.#stopped) return;
    const mayRefuse = this.#hasLooked;
    this.#hasLooked = false;
    if (!this.#hasRoom && !mayRefuse) this.#lookForRoom();
    for (let count = 0; count < ACCEPTS_PER_TURN; count++) {
      if (!this.#hasRoom && !mayRefuse) return;
      const accepted = this.#next();
      if (!accepted) return;
      if (this.#hasRoom) {
        this.welcomed++;
        this.#clients.welcome(accepted.socket, accepted.peer);
      } else {
        this.#refuse(accepted);
      }
    }
  };

  get #hasRoom(): boolean {
    return this.#clients.size < this.#limit;
  }

  /** No client is refused for one that is gone already: there is one more turn to see that it is. */
  #lookForRoom(): void {
    this.#hasLooked = true;
    this.#loop.lookAtAll();
    this.#acceptAtEndOfTurn();
  }

  #refuse({ socket, peer }: Accepted): void {
    const others = this.#limit === 1 ? 'another client is' : `${this.#limit} clients are`;
    const busy = `server busy: ${others} being served, try again later`;
    this.refused++;
    this.#display.refused(peer, busy);
    this.#closer.refuse(socket, `error: ${busy}`);
  }

  #next(): Accepted | undefined {
    try {
      const accepted = this.#listener.accept(true);
      if (accepted) this.#hasFailed = false;
      return accepted;
    } catch (error) {
      this.#pause(survivable(error));
      return undefined;
    }
  }

  #pause(error: SystemError): void {
    if (!this.#hasFailed) this.#display.paused(error);
    this.#hasFailed = true;
    this.#isPausing = true;
    this.#loop.ignoreReads(this);
    this.#loop.after(FAILURE_PAUSE_MS, () => {
      this.#isPausing = false;
      if (!this.#stopped) this.#loop.watchReads(this);
    });
  }
}
