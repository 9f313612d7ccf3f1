/**
 * Which of very many descriptors to look at first. select(2) asks each descriptor it is given, so
 * with thousands of silent clients nearly all its time goes to them: some 0.5 ms a turn at 9,000.
 * Those who spoke a moment ago are likely to speak next, so they alone are looked at, as long as
 * some of them are ready within PATIENCE_MS. All are looked at as soon as none is; and however busy
 * those are, after eight times as long as a look at all takes, so that it costs a ninth of the time
 * and no silent client that speaks up waits longer than LONGEST_MS for its turn.
 */
import { FdSet } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';

/** A look at fewer descriptors is so cheap that two of them cost more than they spare. */
const MANY = 256;

/** About what a look at thousands takes: so an unneeded wait at most doubles it. */
const PATIENCE_MS = 0.3;

const SHARE = 8;
const SHORTEST_MS = 2;
const LONGEST_MS = 16;

export class BusyReaders {
  /** Ready at the last look at all, or between that and the one before. */
  readonly #busy = new FdSet();
  /** Ready at the last look at all or since then. */
  readonly #since = new FdSet();
  #nextLookAtAll = 0;

  /** Whether there are descriptors enough. */
  static areWorthIt(all: FdSet): boolean {
    return all.nfds > MANY;
  }

  /**
   * Makes `set` those of the busy ones that are among `all`.
   * @returns for how many milliseconds they alone may be waited for; 0 when it is time for all.
   */
  copyTo(set: FdSet, all: FdSet): number {
    if (system.now() >= this.#nextLookAtAll) return 0;
    set.copyFrom(this.#busy);
    set.retainAll(all);
    return set.nfds > 0 ? PATIENCE_MS : 0;
  }

  /** The next look is at all. */
  expire(): void {
    this.#nextLookAtAll = 0;
  }

  /** After a look at the busy ones: what select said. */
  sawBusy(set: FdSet, ready: number): void {
    if (ready > 0) this.#since.addAll(set);
  }

  /** After a look at all: what select said, and how many milliseconds a look takes. */
  sawAll(set: FdSet, ready: number, price: number): void {
    const pause = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SHARE * price));
    this.#nextLookAtAll = system.now() + pause;
    this.#busy.copyFrom(this.#since);
    this.#since.clear();
    if (ready <= 0) return;
    this.#busy.addAll(set);
    this.#since.addAll(set);
  }
}
