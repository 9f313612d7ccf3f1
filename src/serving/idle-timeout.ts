/**
 * --idle-timeout: ends clients that have said nothing for so many seconds and are owed nothing. One
 * timer looks at all of them again and again; so a message costs a client's session one note that
 * it has spoken, and neither the clock nor a timer.
 */
import { system } from '../sockets/system-calls.ts';
import { LOOKS_PER_IDLE_TIMEOUT } from './limits.ts';
import type { SelectLoop } from './select/select-loop.ts';

/** A client that may be idle. */
export interface MaybeIdle {
  /** Ends it if it has been idle for so many seconds. @param now in milliseconds. */
  endIfIdle(seconds: number, now: number): void;
}

export class IdleTimeout {
  readonly #loop: SelectLoop;
  readonly #seconds: number;
  readonly #clients: ReadonlySet<MaybeIdle>;
  #isLooking = false;

  constructor(loop: SelectLoop, seconds: number, clients: ReadonlySet<MaybeIdle>) {
    this.#loop = loop;
    this.#seconds = seconds;
    this.#clients = clients;
  }

  /** Looks after the clients as long as there are any. */
  watch(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#lookLater();
  }

  #lookLater(): void {
    this.#loop.after((1000 * this.#seconds) / LOOKS_PER_IDLE_TIMEOUT, this.#look);
  }

  readonly #look = (): void => {
    const now = system.now();
    for (const client of this.#clients) client.endIfIdle(this.#seconds, now);
    this.#isLooking = this.#clients.size > 0;
    if (this.#isLooking) this.#lookLater();
  };
}
