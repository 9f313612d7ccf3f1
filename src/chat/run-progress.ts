/**
 * How far a long run is: replies so far, their rate, and, of an input that is a file, the time that
 * is left. On standard error, if that is a terminal, and not when the replies go there as well.
 */
import { fstatSync } from 'node:fs';
import { StatusLine } from '../terminal/status-line.ts';
import type { Lines } from './lines.ts';
import type { Tally } from './tally.ts';

/** A run that is over by then needs none. */
const EVERY_MS = 250;

/** What standard input is, whether a file or not. */
interface Input {
  readonly fd: number;
  /** Of a file. */
  readonly bytesRead?: number;
}

export class RunProgress {
  readonly #line: StatusLine;
  readonly #tally: Tally;
  readonly #lines: Lines;
  readonly #input: Input;
  readonly #inputBytes: number | undefined;
  readonly #start = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(tally: Tally, lines: Lines, input: NodeJS.ReadStream, terminal: NodeJS.WriteStream) {
    this.#tally = tally;
    this.#lines = lines;
    // Node's type is that of a terminal, which a redirected standard input is not.
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
    const rate = Math.round(this.#tally.replies / seconds);
    const left = this.#secondsLeft(seconds);
    this.#line.show(
      `${grouped(this.#tally.replies)} replies, ${grouped(rate)}/s` +
        (left === undefined ? '' : `, ${duration(left)} left`),
    );
  }

  /** The lines of the whole file are as many as its first part lets expect. */
  #secondsLeft(seconds: number): number | undefined {
    const { bytesRead } = this.#input;
    if (this.#inputBytes === undefined || !bytesRead || this.#tally.replies === 0) return undefined;
    const lines = this.#lines.read * (this.#inputBytes / bytesRead);
    return seconds * Math.max(0, lines / this.#tally.replies - 1);
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
