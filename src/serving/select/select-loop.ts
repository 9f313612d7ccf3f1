/**
 * One thread, many descriptors: the loop around select(2) that every server sits in. A turn:
 *
 *   1. when Node's event loop was ready, or a signal came, Node gets a turn;
 *   2. what has to be done before each sleep is done, the display say;
 *   3. select waits until a descriptor is ready, a timer falls due, or not at all when there are
 *      actions for the end of the turn; among very many, the busy descriptors are looked at first;
 *   4. each watcher whose descriptor is ready is told so;
 *   5. actions for the end of the turn are run; what they ask for comes in the next;
 *   6. timers that have fallen due are run.
 *
 * When select itself fails, for want of memory for example, a short sleep takes its place.
 */
import { nodeLoopDescriptor, nodeTurn } from '../../sockets/node-loop.ts';
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';
import { type SystemError, survivable } from '../../sockets/system-error.ts';
import { FAILURE_PAUSE_MS } from '../limits.ts';
import { BusyReaders } from './active-set.ts';
import { type Timer, Timers } from './timers.ts';

/** Something with a descriptor that can be watched. */
export interface Watcher {
  readonly fd: number;
  readable(): void;
  writable(): void;
}

export class SelectLoop {
  readonly #watchers: (Watcher | undefined)[] = [];
  readonly #readers = new FdSet();
  readonly #busy = new BusyReaders();
  readonly #writers = new FdSet();
  readonly #readable = new FdSet();
  readonly #writable = new FdSet();
  readonly #timers = new Timers();
  readonly #nodeFd = nodeLoopDescriptor();
  readonly #onSelectFailed: (error: SystemError) => void;
  /** Since select last succeeded; of failures in a row only the first is told. */
  #selectHasFailed = false;
  #endOfTurn: (() => void)[] = [];
  #nodeTurnDue = true;
  #stopped = false;

  /** @param onSelectFailed is told that select failed, and is tried again until it succeeds. */
  constructor(onSelectFailed: (error: SystemError) => void) {
    this.#onSelectFailed = onSelectFailed;
  }

  watchReads(watcher: Watcher): void {
    this.#watchers[watcher.fd] = watcher;
    this.#readers.add(watcher.fd);
  }

  watchWrites(watcher: Watcher): void {
    this.#watchers[watcher.fd] = watcher;
    this.#writers.add(watcher.fd);
  }

  ignoreReads(watcher: Watcher): void {
    this.#readers.delete(watcher.fd);
  }

  ignoreWrites(watcher: Watcher): void {
    this.#writers.delete(watcher.fd);
  }

  /** Before the descriptor is closed: its number may soon be another's. */
  forget(watcher: Watcher): void {
    this.ignoreReads(watcher);
    this.ignoreWrites(watcher);
    this.#watchers[watcher.fd] = undefined;
  }

  /** Calls `action` in this turn, after those whose descriptors are ready; no sleep before that. */
  atEndOfTurn(action: () => void): void {
    this.#endOfTurn.push(action);
  }

  /** Calls `action` in so many milliseconds. */
  after(milliseconds: number, action: () => void): Timer {
    return this.#timers.start(system.now(), milliseconds, action);
  }

  cancel(timer: Timer): void {
    this.#timers.cancel(timer);
  }

  /** Node has something new to wait for, a worker say: it gets a turn before the next sleep. */
  nodeHasNews(): void {
    this.#nodeTurnDue = true;
  }

  /** The next select is of all descriptors, not only of those that are busy. */
  lookAtAll(): void {
    this.#busy.expire();
  }

  /** Ends `run` with this turn. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param beforeSleep is called in every turn, and may stop the loop. */
  async run(beforeSleep: () => void): Promise<void> {
    this.#readers.add(this.#nodeFd);
    while (!this.#stopped) {
      if (this.#nodeTurnDue) {
        this.#nodeTurnDue = false;
        await nodeTurn();
      }
      beforeSleep();
      const ready = this.#wait();
      if (ready === INTERRUPTED) {
        // It has looked at nothing: the turn is not over for those who wait for its end.
        this.#nodeTurnDue = true;
      } else {
        if (ready > 0) this.#tellReady();
        this.#runEndOfTurn();
      }
      if (!this.#timers.isEmpty) this.#timers.run(system.now());
    }
  }

  /** @returns how many descriptors are ready, or INTERRUPTED, also when select failed. */
  #wait(): number {
    const mustNotSleep = this.#stopped || this.#nodeTurnDue || this.#endOfTurn.length > 0;
    const timeout = mustNotSleep ? 0 : this.#timeToNextDeadline();
    try {
      const ready = this.#select(timeout);
      this.#selectHasFailed = false;
      return ready;
    } catch (error) {
      const failure = survivable(error);
      if (!this.#selectHasFailed) this.#onSelectFailed(failure);
      this.#selectHasFailed = true;
      system.sleep(Math.min(this.#timeToNextDeadline(), FAILURE_PAUSE_MS));
      return INTERRUPTED;
    }
  }

  #select(timeout: number): number {
    if (!BusyReaders.areWorthIt(this.#readers)) return this.#selectAll(timeout);
    const patience = this.#busy.copyTo(this.#readable, this.#readers);
    if (patience > 0) {
      const ready = this.#selectReadable(Math.min(timeout, patience));
      this.#busy.sawBusy(this.#readable, ready);
      if (ready !== 0) return ready;
    }
    // To look without waiting is cheaper: nothing has to be hung on each descriptor.
    const from = system.now();
    let ready = this.#selectAll(0);
    const price = system.now() - from;
    if (ready === 0 && timeout > 0) ready = this.#selectAll(timeout);
    this.#busy.sawAll(this.#readable, ready, price);
    return ready;
  }

  #selectAll(timeout: number): number {
    this.#readable.copyFrom(this.#readers);
    return this.#selectReadable(timeout);
  }

  #selectReadable(timeout: number): number {
    this.#writable.copyFrom(this.#writers);
    return select(this.#readable, this.#writable, timeout);
  }

  #timeToNextDeadline(): number {
    if (this.#timers.isEmpty) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#timers.nextDeadline() - system.now());
  }

  #tellReady(): void {
    this.#writable.forEach(fd => {
      if (this.#writers.has(fd)) this.#watchers[fd]?.writable();
    });
    this.#readable.forEach(fd => {
      if (fd === this.#nodeFd) this.#nodeTurnDue = true;
      else if (this.#readers.has(fd)) this.#watchers[fd]?.readable();
    });
  }

  #runEndOfTurn(): void {
    const actions = this.#endOfTurn;
    if (actions.length === 0) return;
    this.#endOfTurn = [];
    for (const action of actions) action();
  }
}
