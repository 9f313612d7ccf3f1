/**
 * How a step of the client waits: for one event, perhaps with a timer. Something else can come first at
 * any time, such as Ctrl+C or the end of the connection. It interrupts the step, which then throws.
 */
import { exitCodeOf } from '../signal-exit.ts';
import type { ClientOptions } from './client-options.ts';

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

/** Signals that end the client as they end other programs. */
const ENDING_SIGNALS = ['SIGHUP', 'SIGTERM'] as const;

export const EXIT_FAILED = 1;

/** What ends the client from outside: Ctrl+C, signals, and standard streams that fail. */
export class Interruptions {
  readonly #onInterrupt: (() => void) | undefined;
  readonly #end: (exitCode: number) => void;

  /** @param end is called with the client's exit code. */
  constructor(options: ClientOptions, isInteractive: boolean, end: (exitCode: number) => void) {
    this.#onInterrupt = options.onInterrupt;
    this.#end = end;
    process.on('SIGINT', this.onCtrlC);
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#onSignal);
    // StandardStreams reports which stream failed, and why.
    const onFailure = (error: NodeJS.ErrnoException): void => {
      if (isInteractive && isHangUp(error)) this.#onSignal('SIGHUP');
      else end(EXIT_FAILED);
    };
    options.input.on('error', onFailure);
    options.output.on('error', (error: NodeJS.ErrnoException) => {
      // The reader of the output has read enough, as `head -1` does.
      if (error.code === 'EPIPE') end(0);
      else onFailure(error);
    });
  }

  stop(): void {
    process.off('SIGINT', this.onCtrlC);
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#onSignal);
  }

  readonly onCtrlC = (): void => {
    this.#onInterrupt?.();
    this.#end(0);
  };

  /** The prompt is closed and the line kept before the signal has its usual effect. */
  readonly #onSignal = (signal: NodeJS.Signals): void => this.#end(exitCodeOf(signal));
}

/** The terminal is gone. Usually SIGHUP comes; where it does not, reads and writes fail with EIO. */
function isHangUp({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EIO';
}
