/**
 * The lines that are to be sent, in order. They are read a little ahead of what is sent, so that a
 * long input is neither waited for nor held.
 */

/** Lines read ahead. */
const LINES_AHEAD = 1000;

/** A LineReader, or node:readline's at the prompt. */
interface Reader {
  on(event: 'line', listener: (line: string) => void): this;
  on(event: 'close', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  pause(): void;
  resume(): void;
  close(): void;
}

interface Events {
  entered(): void;
  ended(): void;
}

export class Lines {
  readonly #waiting: string[];
  #reader: Reader | undefined;
  #ended: boolean;
  #read = 0;

  /** @param given are all there are; without them, they are read. */
  constructor(given?: readonly string[]) {
    this.#waiting = [...(given ?? [])];
    this.#ended = given !== undefined;
  }

  /** Takes lines from the reader until its end. */
  readFrom(reader: Reader, events: Events): void {
    this.#reader = reader
      .on('line', line => {
        this.#read++;
        this.#waiting.push(line);
        if (this.#waiting.length >= LINES_AHEAD) this.hold();
        events.entered();
      })
      // The input tells of its own errors; readline repeats them, and throws where nothing listens.
      .on('error', () => {})
      .on('close', () => {
        this.#ended = true;
        events.ended();
      });
  }

  get needReader(): boolean {
    return !this.#ended && !this.#reader;
  }

  /** Lines that have been read so far. */
  get read(): number {
    return this.#read;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether no more lines will come; some may be waiting. */
  get ended(): boolean {
    return this.#ended;
  }

  get exhausted(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  next(): string | undefined {
    return this.#waiting.shift();
  }

  /** Leaves out the next line if it is empty. */
  skipEmpty(): void {
    if (this.#waiting[0] === '') this.#waiting.shift();
  }

  all(): string[] {
    return this.#waiting.splice(0);
  }

  hold(): void {
    this.#reader?.pause();
  }

  readOn(): void {
    if (!this.#ended && this.#waiting.length < LINES_AHEAD) this.#reader?.resume();
  }

  close(): void {
    this.#reader?.close();
  }
}
