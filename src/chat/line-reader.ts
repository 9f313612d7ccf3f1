/**
 * The lines of a pipe, a file or a terminal without a prompt. Only LF ends a line, as on the wire:
 * node:readline would also split at U+2028 and at a lone CR, and one message would become two. A CR
 * before the LF is dropped, because files from Windows have it there.
 */
import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';

/** Characters of a line. More is no line but an input without any, which would fill the memory. */
const LONGEST_LINE = 1024 * 1024;

interface LineEvents {
  line: [text: string];
  close: [];
  /** Never: see the constructor. */
  error: [error: Error];
}

export class LineReader extends EventEmitter<LineEvents> {
  readonly #input: NodeJS.ReadStream;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** Reads from now on. Errors of the input, also a line that is too long, are its own to tell. */
  constructor(input: NodeJS.ReadStream) {
    super();
    this.#input = input.on('data', this.#received).on('end', this.#ended);
  }

  /** Lines of what has been read already may still follow. */
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
