/**
 * How far a long run is. The replies are counted for the exit code too. The line on standard error
 * shows their number, their rate and, if the input is a file, the time that is left.
 */
import { fstatSync } from 'node:fs';
import { StatusLine } from '../terminal/status-line.ts';
import type { InputLines } from './input-lines.ts';

/** A run that ends sooner shows nothing. */
const EVERY_MS = 250;

const ERROR_LINE = /^error\b/im;

export class ReplyCounters {
  #replies = 0;
  #hasErrors = false;

  get replies(): number {
    return this.#replies;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** @param text one reply, or several, one per line. */
  count(text: string, replies = 1): void {
    this.#replies += replies;
    this.#hasErrors ||= ERROR_LINE.test(text);
  }
}

/** Standard input as it is, a file or not. */
interface Input {
  readonly fd: number;
  /** Only of a file. */
  readonly bytesRead?: number;
}

export class RunProgress {
  readonly #line: StatusLine;
  readonly #counters: ReplyCounters;
  readonly #lines: InputLines;
  readonly #input: Input;
  readonly #inputBytes: number | undefined;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(
    counters: ReplyCounters,
    lines: InputLines,
    input: NodeJS.ReadStream,
    terminal: NodeJS.WriteStream,
  ) {
    this.#counters = counters;
    this.#lines = lines;
    // Node's type is that of a terminal, but standard input may be redirected.
    this.#input = input as unknown as Input;
    this.#line = new StatusLine(terminal);
    const status = fstatSync(this.#input.fd);
    this.#inputBytes = status.isFile() ? status.size : undefined;
    this.#timer = setInterval(() => this.#show(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#line.clear();
  }

  #show(): void {
    const seconds = (performance.now() - this.#start) / 1000;
    const rate = Math.round(this.#counters.replies / seconds);
    const left = this.#secondsLeft(seconds);
    this.#line.show(
      `${grouped(this.#counters.replies)} replies, ${grouped(rate)}/s` +
        (left === undefined ? '' : `, ${duration(left)} left`),
    );
  }

  /** Assumes that the rest of the file has lines of the same length. */
  #secondsLeft(seconds: number): number | undefined {
    const { bytesRead } = this.#input;
    const { replies } = this.#counters;
    if (this.#inputBytes === undefined || !bytesRead || replies === 0) return undefined;
    const lines = this.#lines.read * (this.#inputBytes / bytesRead);
    return seconds * Math.max(0, lines / replies - 1);
  }
}

function grouped(number: number): string {
  return number.toLocaleString('en');
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
