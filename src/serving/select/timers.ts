/**
 * Deadlines for a loop around select(2), which Node's own timers cannot wake. Timers of the same
 * length fall due in the order they were started, so each length has a queue and nothing is sorted.
 */

export interface Timer {
  readonly milliseconds: number;
  readonly deadline: number;
  readonly action: () => void;
}

export class Timers {
  readonly #queues = new Map<number, Set<Timer>>();
  #count = 0;

  /** Whether any timer runs. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Calls `action` once `milliseconds` have passed since `now`. */
  start(now: number, milliseconds: number, action: () => void): Timer {
    const timer = { milliseconds, deadline: now + milliseconds, action };
    const queue = this.#queues.get(milliseconds);
    this.#count++;
    if (queue) queue.add(timer);
    else this.#queues.set(milliseconds, new Set([timer]));
    return timer;
  }

  cancel(timer: Timer): void {
    if (this.#queues.get(timer.milliseconds)?.delete(timer)) this.#count--;
  }

  /** When the next timer falls due; Infinity for never. */
  nextDeadline(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues.values()) {
      for (const { deadline } of queue) {
        next = Math.min(next, deadline);
        break;
      }
    }
    return next;
  }

  /** Runs what has fallen due by `now`. */
  run(now: number): void {
    for (const queue of this.#queues.values()) {
      for (const timer of queue) {
        if (timer.deadline > now) break;
        queue.delete(timer);
        this.#count--;
        timer.action();
      }
    }
  }
}
