/** Bytes that come in from a socket or a process, to be read in order and with a deadline. */
import { Buffer } from 'node:buffer';
import { EventEmitter, once } from 'node:events';
import { within } from './deadline.ts';

export class Received {
  #bytes = Buffer.alloc(0);
  #ended = false;
  #discarding = false;
  #error: Error | undefined;
  readonly #changes = new EventEmitter();

  constructor(stream: NodeJS.ReadableStream) {
    stream.on('data', (chunk: Buffer) => {
      if (this.#discarding) return;
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#changes.emit('change');
    });
    stream.on('end', () => this.#finish());
    stream.on('close', () => this.#finish());
    stream.on('error', error => this.#finish(error));
  }

  /** The next line, without its LF. */
  async line(): Promise<string> {
    await this.#until(() => this.#bytes.includes('\n'), 'a line');
    const end = this.#bytes.indexOf('\n');
    return this.#take(end + 1).toString('utf8', 0, end);
  }

  async lines(count: number): Promise<string[]> {
    const lines: string[] = [];
    while (lines.length < count) lines.push(await this.line());
    return lines;
  }

  /** Lines up to and with the first that matches. */
  async linesUntil(pattern: RegExp): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      lines.push(line);
      if (pattern.test(line)) return lines;
    }
  }

  /** Text up to and with `wanted`, for prompts that end in no LF. */
  async textUntil(wanted: string): Promise<string> {
    await this.#until(() => this.#bytes.includes(wanted), JSON.stringify(wanted));
    return this.#take(this.#bytes.indexOf(wanted) + Buffer.byteLength(wanted)).toString();
  }

  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#bytes.length >= count, `${count} bytes`);
    return this.#take(count);
  }

  /** All that comes until the end of the stream. An error is an end too; see `error`. */
  async rest(): Promise<string> {
    await this.#until(() => this.#ended, 'the end of the stream');
    return this.#take(this.#bytes.length).toString();
  }

  /** Drops what comes from now on: it will not be read. */
  discard(): void {
    this.#discarding = true;
    this.#bytes = Buffer.alloc(0);
  }

  get error(): Error | undefined {
    return this.#error;
  }

  #take(count: number): Buffer {
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  #finish(error?: Error): void {
    this.#error ??= error;
    this.#ended = true;
    this.#changes.emit('change');
  }

  async #until(isSo: () => boolean, what: string): Promise<void> {
    const describe = (): string =>
      `${what}; so far: ${JSON.stringify(this.#bytes.toString().slice(-300))}`;
    const cancelled = new AbortController();
    const wait = async (): Promise<void> => {
      while (!isSo()) {
        if (this.#ended)
          throw new Error(`ended (${this.#error ?? 'no error'}) before ${describe()}`);
        await once(this.#changes, 'change', { signal: cancelled.signal });
      }
    };
    try {
      await within(wait(), what);
    } catch (error) {
      cancelled.abort();
      throw new Error(`${(error as Error).message}; wanted ${describe()}`);
    }
  }
}
