/**
 * From an address to a connection, or to the failure that explains why there is none. A name may
 * become known only when its server starts, so each attempt looks it up again and tries its addresses
 * in order.
 */
import { createConnection, type Socket } from 'node:net';
import { getSystemErrorMap } from 'node:util';
import { addressesOf, type CannotResolve } from '../host.ts';
import type { Address } from '../sockets/address.ts';

/** With --retry: the time between two attempts. */
const RETRY_MS = 200;

/** The addresses of a name share this time, except the last one, which has all the time that is left. */
const SEVERAL_ADDRESSES_MS = 10_000;

/** Why a session cannot start or go on: in words, and as the system's code. */
export interface Failure {
  readonly reason: string;
  readonly code: string;
}

export function failureOf(error: NodeJS.ErrnoException): Failure {
  const reason = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
  return { reason, code: error.code ?? 'unknown' };
}

const NO_ANSWER: Failure = { reason: 'no answer', code: 'ETIMEDOUT' };

interface ConnectorLimits {
  /** For all attempts until a server starts a session; undefined for no limit. */
  readonly timeoutMs: number | undefined;
  /** Try again until a server accepts. */
  readonly retry: boolean;
}

interface ConnectorEvents {
  onConnected(connection: Socket): void;
  /** The first attempt failed, and there will be others. */
  onRetry(failure: Failure): void;
  onFailed(failure: Failure): void;
}

export class Connector {
  readonly #address: Address;
  readonly #limits: ConnectorLimits;
  readonly #events: ConnectorEvents;
  /** Of the attempts since the last session, as `performance.now` counts. */
  #deadline: number | undefined;
  #connection: Socket | undefined;
  #timeout: NodeJS.Timeout | undefined;
  #nextAddress: NodeJS.Timeout | undefined;
  #nextAttempt: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #stopped = false;

  constructor(address: Address, limits: ConnectorLimits, events: ConnectorEvents) {
    this.#address = address;
    this.#limits = limits;
    this.#events = events;
  }

  connect(): void {
    const { timeoutMs } = this.#limits;
    this.#failure = undefined;
    if (timeoutMs !== undefined) {
      this.#deadline ??= performance.now() + timeoutMs;
      const left = Math.max(0, this.#deadline - performance.now());
      this.#timeout = setTimeout(() => this.#giveUp(), left);
    }
    this.#attempt();
  }

  /** Whether the time of the attempts since the last session is over. */
  get isOverdue(): boolean {
    return this.#deadline !== undefined && performance.now() >= this.#deadline;
  }

  /** The server has started a session: the next connection gets the whole time again. */
  succeeded(): void {
    this.#deadline = undefined;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timeout);
    clearTimeout(this.#nextAddress);
    clearTimeout(this.#nextAttempt);
    this.#connection?.destroy();
  }

  #attempt(): void {
    const shared = Math.min(this.#limits.timeoutMs ?? SEVERAL_ADDRESSES_MS, SEVERAL_ADDRESSES_MS);
    addressesOf(this.#address).then(
      addresses => this.#try(addresses, shared / addresses.length),
      (error: CannotResolve) => this.#failed(error),
    );
  }

  /** @param eachMs the time of an address that is not the last one. */
  #try([address, ...others]: readonly Address[], eachMs: number): void {
    if (this.#stopped) return;
    const failed = (failure: Failure): void => {
      clearTimeout(this.#nextAddress);
      connection.off('error', onError).destroy();
      if (others.length > 0) this.#try(others, eachMs);
      else this.#failed(failure);
    };
    const onError = (error: Error): void => failed(failureOf(error));
    const connection = createConnection({ ...(address as Address), family: 4, noDelay: true })
      .on('error', onError)
      .on('connect', () => {
        if (isSelfConnected(connection)) {
          failed({ reason: 'connection refused', code: 'ECONNREFUSED' });
          return;
        }
        clearTimeout(this.#nextAddress);
        clearTimeout(this.#timeout);
        this.#connection = undefined;
        this.#events.onConnected(connection.off('error', onError));
      });
    this.#connection = connection;
    if (others.length > 0) this.#nextAddress = setTimeout(() => failed(NO_ANSWER), eachMs);
  }

  #failed(failure: Failure): void {
    if (this.#stopped) return;
    if (!this.#limits.retry) {
      this.stop();
      this.#events.onFailed(failure);
      return;
    }
    if (!this.#failure) this.#events.onRetry(failure);
    this.#failure = failure;
    this.#nextAttempt = setTimeout(() => this.#attempt(), RETRY_MS);
  }

  #giveUp(): void {
    this.stop();
    this.#events.onFailed(this.#failure ?? NO_ANSWER);
  }
}

/**
 * When no program listens on the port, the system may choose this very port as the connection's own,
 * and TCP connects the socket to itself. With many attempts it happens.
 */
function isSelfConnected({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress;
}
