/**
 * How a step of the client waits: for one event, perhaps with a timer. Something else can come first at
 * any time, such as Ctrl+C or the end of the connection. It interrupts the step, which then throws.
 */

type Event =
  | 'pause'
  /** The server has greeted. */
  | 'ready'
  /** The reader of the output has taken all of it. */
  | 'drain'
  /** A line, or the end of the input. */
  | 'input'
  | 'reply'
  /** Every pipelined line has its reply. */
  | 'settled';

/** Thrown by a step that is interrupted. The reason has been reported already. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export class Waiting {
  #event: Event | undefined;
  #resolve: () => void = () => {};
  #reject: (reason: Interrupted) => void = () => {};
  #isInterrupted = false;
  #timer: NodeJS.Timeout | undefined;

  until(event: Event): Promise<void> {
    this.throwIfInterrupted();
    this.#event = event;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  pause(milliseconds: number): Promise<void> {
    this.setTimer(milliseconds, () => this.happened('pause'));
    return this.until('pause');
  }

  isFor(event: Event): boolean {
    return this.#event === event;
  }

  /** @returns whether the event was waited for. */
  happened(event: Event): boolean {
    if (this.#event !== event) return false;
    this.#event = undefined;
    this.stopTimer();
    this.#resolve();
    return true;
  }

  /** Interrupts the step that waits or, if none does, the next one. */
  interrupt(): void {
    this.#isInterrupted = this.#event === undefined;
    this.#event = undefined;
    this.stopTimer();
    this.#reject(new Interrupted());
  }

  throwIfInterrupted(): void {
    if (!this.#isInterrupted) return;
    this.#isInterrupted = false;
    throw new Interrupted();
  }

  /** The timer of what is waited for. It stops when the event happens. */
  setTimer(milliseconds: number, action: () => void): void {
    this.stopTimer();
    this.#timer = setTimeout(action, milliseconds);
  }

  stopTimer(): void {
    clearTimeout(this.#timer);
  }
}
