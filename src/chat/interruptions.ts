/** What ends the client from outside: Ctrl+C, signals, and standard streams that fail. */
import { exitCodeOf } from '../signal-exit.ts';
import type { ClientOptions } from './client-options.ts';

/** Signals that end the client as they end other programs. */
const ENDING_SIGNALS = ['SIGHUP', 'SIGTERM'] as const;

export const EXIT_FAILED = 1;

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
