/** Asks for the lines that are sent: from the user, from standard input, or those of --eval. */
import type { ClientOptions } from './client-options.ts';
import { InputLines, LineReader } from './input-lines.ts';
import type { Prompt } from './prompt.ts';
import { type ReplyCounters, RunProgress } from './run-progress.ts';
import type { Waiting } from './waiting.ts';

interface LineSourceEvents {
  onCtrlC(): void;
  /** A line was read while none was asked for. */
  onLineAhead(): void;
  onEnd(): void;
}

export class LineSource {
  readonly lines: InputLines;
  readonly #options: ClientOptions;
  readonly #prompt: Prompt | undefined;
  readonly #counters: ReplyCounters;
  readonly #waiting: Waiting;
  readonly #events: LineSourceEvents;
  #progress: RunProgress | undefined;

  constructor(
    options: ClientOptions,
    prompt: Prompt | undefined,
    counters: ReplyCounters,
    waiting: Waiting,
    events: LineSourceEvents,
  ) {
    this.lines = new InputLines(options.lines);
    this.#options = options;
    this.#prompt = prompt;
    this.#counters = counters;
    this.#waiting = waiting;
    this.#events = events;
  }

  /** @returns undefined at the end of the input. */
  async ask(): Promise<string | undefined> {
    for (;;) {
      this.#waiting.throwIfInterrupted();
      if (this.#options.output.writableNeedDrain) await this.#drained();
      if (this.lines.needReader) this.#open();
      this.lines.resume();
      const line = this.lines.next();
      if (line !== undefined) return line;
      this.#prompt?.ask();
      if (this.lines.ended) return undefined;
      await this.#waiting.until('input');
      if (this.lines.exhausted) return undefined;
    }
  }

  close(): void {
    this.closeScreen();
    this.lines.close();
  }

  /** What is printed next stands on lines of its own. */
  closeScreen(): void {
    this.#progress?.stop();
    this.#prompt?.close();
  }

  /** Waits until the output has taken all replies; otherwise they would fill the memory. */
  async #drained(): Promise<void> {
    this.#options.output.once('drain', () => this.#waiting.happened('drain'));
    await this.#waiting.until('drain');
  }

  #open(): void {
    const { shows, input, output, errors } = this.#options;
    const reader = this.#prompt?.open(this.#events.onCtrlC) ?? new LineReader(input);
    this.lines.readFrom(reader, {
      onLine: () => {
        if (!this.#waiting.happened('input')) this.#events.onLineAhead();
      },
      onEnd: () => {
        if (!this.#waiting.happened('input')) this.#events.onEnd();
      },
    });
    if (shows !== 'session' && errors.isTTY && !output.isTTY) {
      this.#progress = new RunProgress(this.#counters, this.lines, input, errors);
    }
  }
}
