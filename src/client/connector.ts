/** From an address to a connection, or to the reason why there is none. */
import { createConnection, type Socket } from 'node:net';
import type { Address } from '../sockets/address.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** A server that comes up is found within so long. */
const RETRY_MS = 200;

export interface Patience {
  /** In all; undefined for ever. */
  readonly timeoutMs: number | undefined;
  /** Try again until there is a server. */
  readonly retry: boolean;
}

interface Events {
  connected(connection: Socket): void;
  /** There is nobody yet, and it will be tried again. Told once. */
  retrying(trouble: Trouble): void;
  failed(trouble: Trouble): void;
}

export class Connector {
  readonly #address: Address;
  readonly #retry: boolean;
  readonly #events: Events;
  #connection: Socket | undefined;
  #timeout: NodeJS.Timeout | undefined;
  #nextAttempt: NodeJS.Timeout | undefined;
  #trouble: Trouble | undefined;

  constructor(address: Address, { timeoutMs, retry }: Patience, events: Events) {
    this.#address = address;
    this.#retry = retry;
    this.#events = events;
    if (timeoutMs !== undefined) this.#timeout = setTimeout(() => this.#giveUp(), timeoutMs);
    this.#attempt();
  }

  stop(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#nextAttempt);
    this.#connection?.destroy();
  }

  #attempt(): void {
    const failed = (error: Error): void => this.#failed(troubleOf(error));
    const connection = createConnection({ ...this.#address, family: 4, noDelay: true })
      .on('error', failed)
      .on('connect', () => {
        if (isItsOwnPeer(connection)) {
          connection.destroy();
          this.#failed({ reason: 'connection refused', code: 'ECONNREFUSED' });
          return;
        }
        clearTimeout(this.#timeout);
        this.#events.connected(connection.off('error', failed));
      });
    this.#connection = connection;
  }

  #failed(trouble: Trouble): void {
    if (!this.#retry) {
      this.stop();
      this.#events.failed(trouble);
      return;
    }
    if (!this.#trouble) this.#events.retrying(trouble);
    this.#trouble = trouble;
    this.#nextAttempt = setTimeout(() => this.#attempt(), RETRY_MS);
  }

  #giveUp(): void {
    this.stop();
    this.#events.failed(this.#trouble ?? { reason: 'no answer', code: 'ETIMEDOUT' });
  }
}

/**
 * Where nobody listens, the system may choose for a connection the very port it goes to, and TCP
 * connects it with itself. Who tries often enough meets it.
 */
function isItsOwnPeer({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
