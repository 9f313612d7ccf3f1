/**
 * The lines that are to be sent: LineReader takes them out of a pipe, a file or a terminal, and
 * InputLines holds those that were read ahead.
 */
import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';

/** In characters. An input without line ends would fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/** Lines read ahead, so that sending never waits for a long input and never holds all of it. */
const LINES_AHEAD = 1000;

/** What is used of node:readline's Interface, and what LineReader offers too. */
export interface Reader {
  on(event: 'line', listener: (line: string) => void): this;
  on(event: 'close', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  pause(): void;
  resume(): void;
  close(): void;
}

interface ReaderEvents {
  line: [text: string];
  close: [];
  /** Never emitted: the input reports its own errors, a line that is too long among them. */
  error: [error: Error];
}

/**
 * Splits the input at LF only, as servers do: node:readline would also split at U+2028 and at a lone
 * CR, and one message would become two. A CR before the LF is dropped, because files from Windows
 * have it.
 */
export class LineReader extends EventEmitter<ReaderEvents> implements Reader {
  readonly #input: NodeJS.ReadStream;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** Starts to read at once. */
  constructor(input: NodeJS.ReadStream) {
    super();
    this.#input = input.on('data', this.#received).on('end', this.#ended);
  }

  /** Lines of what has already been read may still follow. */
  pause(): void {
    this.#input.pause();
  }

  resume(): void {
    this.#input.resume();
  }

  close(): void {
    this.#input.off('data', this.#received).off('end', this.#ended).pause();
  }

  readonly #received = (bytes: Buffer): void => {
    const [first, ...others] = this.#decoder.write(bytes).split('\n') as [string, ...string[]];
    this.#rest += first;
    for (const next of others) {
      this.#emitRest();
      this.#rest = next;
    }
    if (this.#rest.length <= LONGEST_LINE) return;
    const error = new Error(`a line is longer than ${LONGEST_LINE} characters`);
    this.#input.destroy(Object.assign(error, { code: 'EMSGSIZE' }));
  };

  readonly #ended = (): void => {
    this.#rest += this.#decoder.end();
    if (this.#rest !== '') this.#emitRest();
    this.emit('close');
  };

  #emitRest(): void {
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = '';
    this.emit('line', line);
  }
}

interface InputEvents {
  onLine(): void;
  onEnd(): void;
}

export class InputLines {
  readonly #waiting: string[];
  #reader: Reader | undefined;
  #ended: boolean;
  #read = 0;

  /** @param given all the lines there are; without them, lines are read. */
  constructor(given?: readonly string[]) {
    this.#waiting = [...(given ?? [])];
    this.#ended = given !== undefined;
  }

  /** Takes lines from the reader until its end. */
  readFrom(reader: Reader, events: InputEvents): void {
    this.#reader = reader
      .on('line', line => {
        this.#read++;
        this.#waiting.push(line);
        if (this.#waiting.length >= LINES_AHEAD) this.pause();
        events.onLine();
      })
      // readline repeats the errors of its input, and would throw without a listener.
      .on('error', () => {})
      .on('close', () => {
        this.#ended = true;
        events.onEnd();
      });
  }

  get needReader(): boolean {
    return !this.#ended && !this.#reader;
  }

  /** The number of lines read so far. */
  get read(): number {
    return this.#read;
  }

  /** The number of lines that are read and not yet taken. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Whether no more lines will be read; some may be waiting. */
  get ended(): boolean {
    return this.#ended;
  }

  get exhausted(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  next(): string | undefined {
    return this.#waiting.shift();
  }

  /** Drops the next line if it is empty. */
  skipEmpty(): void {
    if (this.#waiting[0] === '') this.#waiting.shift();
  }

  /** Takes all lines that are waiting. */
  all(): string[] {
    return this.#waiting.splice(0);
  }

  pause(): void {
    this.#reader?.pause();
  }

  resume(): void {
    if (!this.#ended && this.#waiting.length < LINES_AHEAD) this.#reader?.resume();
  }

  close(): void {
    this.#reader?.close();
  }
}
