/**
 * From an address to a connection, or to the reason why there is none. A name is looked up at each
 * attempt, for it may not be there before its server is, and its addresses are tried in order.
 */
import { createConnection, type Socket } from 'node:net';
import { addressesOf, type CannotResolve } from '../host.ts';
import type { Address } from '../sockets/address.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** A server that comes up is found within so long. */
const RETRY_MS = 200;

/** So long at most the addresses of a name are tried, but for the last one, which has all the time. */
const SEVERAL_MS = 10_000;

const NO_ANSWER: Trouble = { reason: 'no answer', code: 'ETIMEDOUT' };

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
  readonly #resolve: typeof addressesOf;
  readonly #retry: boolean;
  readonly #events: Events;
  readonly #severalMs: number;
  #connection: Socket | undefined;
  #timeout: NodeJS.Timeout | undefined;
  /** When the next address is tried. */
  #nextAddress: NodeJS.Timeout | undefined;
  #nextAttempt: NodeJS.Timeout | undefined;
  #trouble: Trouble | undefined;
  #stopped = false;

  constructor(
    address: Address,
    { timeoutMs, retry }: Patience,
    events: Events,
    resolve = addressesOf,
  ) {
    this.#address = address;
    this.#resolve = resolve;
    this.#severalMs = Math.min(timeoutMs ?? SEVERAL_MS, SEVERAL_MS);
    this.#retry = retry;
    this.#events = events;
    if (timeoutMs !== undefined) this.#timeout = setTimeout(() => this.#giveUp(), timeoutMs);
    this.#attempt();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timeout);
    clearTimeout(this.#nextAddress);
    clearTimeout(this.#nextAttempt);
    this.#connection?.destroy();
  }

  #attempt(): void {
    this.#resolve(this.#address).then(
      addresses => this.#try(addresses, this.#severalMs / addresses.length),
      (error: CannotResolve) => this.#failed(error),
    );
  }

  /** @param eachMs how long an address may take when there are others. */
  #try([address, ...others]: readonly Address[], eachMs: number): void {
    if (this.#stopped) return;
    const failed = (trouble: Trouble): void => {
      clearTimeout(this.#nextAddress);
      connection.off('error', failedBy).destroy();
      if (others.length > 0) this.#try(others, eachMs);
      else this.#failed(trouble);
    };
    const failedBy = (error: Error): void => failed(troubleOf(error));
    const connection = createConnection({ ...(address as Address), family: 4, noDelay: true })
      .on('error', failedBy)
      .on('connect', () => {
        if (isItsOwnPeer(connection)) {
          failed({ reason: 'connection refused', code: 'ECONNREFUSED' });
          return;
        }
        clearTimeout(this.#nextAddress);
        clearTimeout(this.#timeout);
        this.#connection = undefined;
        this.#events.connected(connection.off('error', failedBy));
      });
    this.#connection = connection;
    if (others.length > 0) this.#nextAddress = setTimeout(() => failed(NO_ANSWER), eachMs);
  }

  #failed(trouble: Trouble): void {
    if (this.#stopped) return;
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
    this.#events.failed(this.#trouble ?? NO_ANSWER);
  }
}

/**
 * Where nobody listens, the system may choose for a connection the very port it goes to, and TCP
 * connects it with itself. Who tries often enough meets it.
 */
function isItsOwnPeer({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
