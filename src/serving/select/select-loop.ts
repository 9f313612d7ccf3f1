/**
 * One thread, many descriptors: the loop around select(2) that every server runs in. One iteration
 * of it is a tick:
 *
 *   1. Node's event loop runs once, if it has something to do or a signal came;
 *   2. the server's own work before each sleep runs, for example writing the log;
 *   3. select waits until a descriptor is ready or a timer is due; it does not wait when there are
 *      actions for the end of the tick;
 *   4. the handler of each descriptor that is ready is called;
 *   5. the actions for the end of the tick run;
 *   6. the timers that are due run.
 */
import { nodeLoopDescriptor, nodeTurn } from '../../sockets/node-loop.ts';
import { FdSet, INTERRUPTED } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';
import { type SystemError, survivable } from '../../sockets/system-error.ts';
import { RETRY_DELAY_MS } from '../limits.ts';
import { ActiveSet } from './active-set.ts';
import { type Timer, Timers } from './timers.ts';

/** Its methods are called when its descriptor is ready. */
export interface EventHandler {
  readonly fd: number;
  onReadable(): void;
  onWritable(): void;
}

export class SelectLoop {
  readonly #handlers: (EventHandler | undefined)[] = [];
  readonly #readers = new FdSet();
  readonly #writers = new FdSet();
  readonly #readable = new FdSet();
  readonly #writable = new FdSet();
  readonly #activeSet = new ActiveSet(this.#readable, this.#writable);
  readonly #timers = new Timers();
  readonly #nodeFd = nodeLoopDescriptor();
  readonly #onSelectFailed: (error: SystemError) => void;
  /** Since select last succeeded. Only the first of several failures in a row is reported. */
  #selectHasFailed = false;
  #endOfTick: (() => void)[] = [];
  #nodeTickRequested = true;
  #stopped = false;

  /** @param onSelectFailed is called when select fails; it is then tried again until it succeeds. */
  constructor(onSelectFailed: (error: SystemError) => void) {
    this.#onSelectFailed = onSelectFailed;
  }

  watchReads(handler: EventHandler): void {
    this.#handlers[handler.fd] = handler;
    this.#readers.add(handler.fd);
  }

  watchWrites(handler: EventHandler): void {
    this.#handlers[handler.fd] = handler;
    this.#writers.add(handler.fd);
  }

  unwatchReads(handler: EventHandler): void {
    this.#readers.delete(handler.fd);
  }

  unwatchWrites(handler: EventHandler): void {
    this.#writers.delete(handler.fd);
  }

  /** Call it before the descriptor is closed: the next client may get the same number. */
  unwatch(handler: EventHandler): void {
    this.unwatchReads(handler);
    this.unwatchWrites(handler);
    this.#handlers[handler.fd] = undefined;
  }

  /** Runs `action` in this tick, after the handlers whose descriptors are ready. */
  atEndOfTick(action: () => void): void {
    this.#endOfTick.push(action);
  }

  /** Runs `action` when `milliseconds` have passed. */
  after(milliseconds: number, action: () => void): Timer {
    return this.#timers.start(system.now(), milliseconds, action);
  }

  cancel(timer: Timer): void {
    this.#timers.cancel(timer);
  }

  /** Node's event loop runs once before the next sleep: it has new work, such as a new thread. */
  requestNodeTick(): void {
    this.#nodeTickRequested = true;
  }

  /** The next select covers all descriptors, not only the active ones. */
  requestFullScan(): void {
    this.#activeSet.expire();
  }

  /** Ends `run` after this tick. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param beforeSleep is called in every tick, and may stop the loop. */
  async run(beforeSleep: () => void): Promise<void> {
    this.#readers.add(this.#nodeFd);
    while (!this.#stopped) {
      if (this.#nodeTickRequested) {
        this.#nodeTickRequested = false;
        await nodeTurn();
      }
      beforeSleep();
      const ready = this.#wait();
      if (ready === INTERRUPTED) {
        // select has checked no descriptor, so this is not yet the end of the tick.
        this.#nodeTickRequested = true;
      } else {
        if (ready > 0) this.#dispatch();
        this.#runEndOfTick();
      }
      if (!this.#timers.isEmpty) this.#timers.run(system.now());
    }
  }

  /** @returns how many descriptors are ready; INTERRUPTED also when select failed. */
  #wait(): number {
    const mustNotSleep = this.#stopped || this.#nodeTickRequested || this.#endOfTick.length > 0;
    const timeout = mustNotSleep ? 0 : this.#timeToNextDeadline();
    try {
      const ready = this.#activeSet.select(this.#readers, this.#writers, timeout);
      this.#selectHasFailed = false;
      return ready;
    } catch (error) {
      const failure = survivable(error);
      if (!this.#selectHasFailed) this.#onSelectFailed(failure);
      this.#selectHasFailed = true;
      system.sleep(Math.min(this.#timeToNextDeadline(), RETRY_DELAY_MS));
      return INTERRUPTED;
    }
  }

  #timeToNextDeadline(): number {
    if (this.#timers.isEmpty) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#timers.nextDeadline() - system.now());
  }

  /** Checks each descriptor again: an earlier handler may have stopped watching it. */
  #dispatch(): void {
    this.#writable.forEach(fd => {
      if (this.#writers.has(fd)) this.#handlers[fd]?.onWritable();
    });
    this.#readable.forEach(fd => {
      if (fd === this.#nodeFd) this.#nodeTickRequested = true;
      else if (this.#readers.has(fd)) this.#handlers[fd]?.onReadable();
    });
  }

  #runEndOfTick(): void {
    const actions = this.#endOfTick;
    if (actions.length === 0) return;
    this.#endOfTick = [];
    for (const action of actions) action();
  }
}
