/**
 * What is typed at a terminal, without what nobody has typed. A terminal answers what programs ask of
 * it (where its cursor is, what it can do) on the same line as the keyboard; an answer that comes late
 * reaches the next program, and node:readline, which knows no sequences but those of keys, takes the
 * rest of it for text. Control characters that are no keys, Ctrl+\ for one, would be text as well.
 */
import { Buffer } from 'node:buffer';
import { Transform, type TransformCallback } from 'node:stream';

/** Control sequences (ECMA-48), and strings up to their end. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))/g;

/** Those that node:readline takes whole. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const KEY = /^\x1b\[(?:\d{1,3}(?:;\d)?)?[A-Za-z~^$[]$/;

/** Control characters that are no keys: Ctrl+\ and Ctrl+], and those of ISO 8859 as UTF-8 has them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const NO_KEYS = /[\x1c\x1d]|\xc2[\x80-\x9f]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const BEGUN = /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?)?|\xc2)$/;

/** For the rest of a sequence. What comes later was typed: Escape, or Alt and a bracket. */
const REST_MS = 50;

/** No answer is longer. */
const LONGEST_ANSWER = 4096;

export class Keyboard extends Transform {
  readonly #terminal: NodeJS.ReadStream;
  /** The beginning of a sequence, byte by byte. */
  #begun = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    terminal.pipe(this);
  }

  /** As node:readline expects of its input. */
  setRawMode(mode: boolean): this {
    this.#terminal.setRawMode(mode);
    return this;
  }

  /** Leaves the terminal to others. */
  release(): void {
    clearTimeout(this.#timer);
    this.#terminal.unpipe(this).pause();
  }

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    clearTimeout(this.#timer);
    const text = this.#begun + bytes.toString('latin1');
    const kept = text.replace(SEQUENCES, sequence => (KEY.test(sequence) ? sequence : ''));
    const typed = kept.replace(NO_KEYS, '');
    const [begun = ''] = BEGUN.exec(typed) ?? [];
    this.#begun = begun.length <= LONGEST_ANSWER ? begun : '';
    if (this.#begun !== '') this.#timer = setTimeout(() => this.#giveUpRest(), REST_MS);
    const whole = typed.slice(0, typed.length - this.#begun.length);
    done(null, Buffer.from(whole, 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    clearTimeout(this.#timer);
    this.#giveUpRest();
    done();
  }

  #giveUpRest(): void {
    if (this.#begun !== '') this.push(Buffer.from(this.#begun, 'latin1'));
    this.#begun = '';
  }
}
