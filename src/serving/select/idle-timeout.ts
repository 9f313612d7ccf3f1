/**
 * --idle-timeout: disconnects clients that have sent nothing for the given time and have received
 * all their replies. One timer checks all clients again and again. So a message costs its session
 * one flag, and neither a look at the clock nor a timer of its own.
 */
import { system } from '../../sockets/system-calls.ts';
import { CHECKS_PER_IDLE_TIMEOUT } from '../limits.ts';
import type { SelectLoop } from './select-loop.ts';
import type { Session } from './session.ts';

export class IdleTimeout {
  readonly #loop: SelectLoop;
  readonly #seconds: number;
  readonly #sessions: ReadonlySet<Session>;
  #isWatching = false;

  constructor(loop: SelectLoop, seconds: number, sessions: ReadonlySet<Session>) {
    this.#loop = loop;
    this.#seconds = seconds;
    this.#sessions = sessions;
  }

  /** Checks the clients as long as there are any. */
  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#checkLater();
  }

  #checkLater(): void {
    this.#loop.after((1000 * this.#seconds) / CHECKS_PER_IDLE_TIMEOUT, this.#check);
  }

  readonly #check = (): void => {
    const now = system.now();
    for (const session of this.#sessions) session.disconnectIfIdle(this.#seconds, now);
    this.#isWatching = this.#sessions.size > 0;
    if (this.#isWatching) this.#checkLater();
  };
}
