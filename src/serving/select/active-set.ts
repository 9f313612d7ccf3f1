/**
 * Which descriptors to give to select(2) when there are very many. select asks every descriptor it
 * is given: with 9,000 silent clients that takes 0.5 ms per tick. A client that sent a moment ago is
 * likely to send next. So the loop gives select only these clients, the active set, as long as one of
 * them is ready within WAIT_MS. Otherwise it makes a full scan.
 *
 * It also makes a full scan when eight times the duration of the last one has passed. So full scans
 * cost about a ninth of the time, and a silent client that sends again waits LONGEST_MS at most.
 */
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';

/** With fewer descriptors a full scan is cheap: two calls cost more than they save. */
const MANY = 256;

/** About the cost of a full scan of thousands: waiting without success at most doubles that cost. */
const WAIT_MS = 0.3;

const SCAN_INTERVAL_FACTOR = 8;
const SHORTEST_MS = 2;
const LONGEST_MS = 16;

export class ActiveSet {
  readonly #readable: FdSet;
  readonly #writable: FdSet;
  /** Ready at the last full scan, or between it and the one before. */
  readonly #active = new FdSet();
  /** Ready at the last full scan or since then. */
  readonly #activeSince = new FdSet();
  #nextFullScan = 0;

  /** Each `select` puts the ready descriptors into these two sets. */
  constructor(readable: FdSet, writable: FdSet) {
    this.#readable = readable;
    this.#writable = writable;
  }

  /** The next `select` is a full scan. */
  expire(): void {
    this.#nextFullScan = 0;
  }

  /**
   * select(2) of the active readers, or of all of them, and of all writers.
   * @param timeout in milliseconds.
   */
  select(readers: FdSet, writers: FdSet, timeout: number): number {
    if (readers.nfds <= MANY) return this.#scan(readers, writers, timeout);
    if (system.now() < this.#nextFullScan) {
      const ready = this.#scanActive(readers, writers, Math.min(timeout, WAIT_MS));
      if (ready !== 0) return ready;
    }
    return this.#fullScan(readers, writers, timeout);
  }

  /** @returns 0 also when none is active. */
  #scanActive(readers: FdSet, writers: FdSet, timeout: number): number {
    this.#readable.copyFrom(this.#active);
    this.#readable.retainAll(readers);
    if (this.#readable.nfds === 0) return 0;
    this.#writable.copyFrom(writers);
    const ready = select(this.#readable, this.#writable, timeout);
    if (ready > 0) this.#activeSince.addAll(this.#readable);
    return ready;
  }

  /** Does not wait at first: to wait costs more, because the kernel registers on each descriptor. */
  #fullScan(readers: FdSet, writers: FdSet, timeout: number): number {
    const start = system.now();
    let ready = this.#scan(readers, writers, 0);
    const scanCostMs = system.now() - start;
    if (ready === 0 && timeout > 0) ready = this.#scan(readers, writers, timeout);
    if (ready === INTERRUPTED) return ready; // Nothing was scanned: the next select tries again.
    const interval = SCAN_INTERVAL_FACTOR * scanCostMs;
    this.#nextFullScan = system.now() + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, interval));
    this.#active.copyFrom(this.#activeSince);
    this.#activeSince.clear();
    if (ready > 0) {
      this.#active.addAll(this.#readable);
      this.#activeSince.addAll(this.#readable);
    }
    return ready;
  }

  #scan(readers: FdSet, writers: FdSet, timeout: number): number {
    this.#readable.copyFrom(readers);
    this.#writable.copyFrom(writers);
    return select(this.#readable, this.#writable, timeout);
  }
}
