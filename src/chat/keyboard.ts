/**
 * Filters what a terminal sends, so that only keys and text reach node:readline. Programs can ask a
 * terminal where its cursor is or what it can do, and it answers on the same line as the keyboard. An
 * answer that comes late reaches the next program. readline knows only the sequences of keys, so the
 * rest of the answer would appear as typed text. Control characters that are no keys would, too.
 */
import { Buffer } from 'node:buffer';
import { Transform, type TransformCallback } from 'node:stream';

/** Control sequences (ECMA-48), and strings with their end. */
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))/g;

/** The sequences of keys, which node:readline understands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const KEY = /^\x1b\[(?:\d{1,3}(?:;\d)?)?[A-Za-z~^$[]$/;

/** Control characters that are no keys: Ctrl+\ and Ctrl+], and U+0080 to U+009F in UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const NO_KEYS = /[\x1c\x1d]|\xc2[\x80-\x9f]/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const PARTIAL = /(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?)?|\xc2)$/;

/** The rest of a sequence comes within this time. Later it was typed: Escape, or Alt and a bracket. */
const REST_MS = 50;

const LONGEST_ANSWER = 4096;

export class Keyboard extends Transform {
  readonly #terminal: NodeJS.ReadStream;
  /** The beginning of a sequence, one character per byte. */
  #partial = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    terminal.pipe(this);
  }

  /** node:readline calls it on its input. */
  setRawMode(mode: boolean): this {
    this.#terminal.setRawMode(mode);
    return this;
  }

  /** Stops reading from the terminal. */
  release(): void {
    clearTimeout(this.#timer);
    this.#terminal.unpipe(this).pause();
  }

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    clearTimeout(this.#timer);
    const text = this.#partial + bytes.toString('latin1');
    const kept = text.replace(SEQUENCES, sequence => (KEY.test(sequence) ? sequence : ''));
    const typed = kept.replace(NO_KEYS, '');
    const [partial = ''] = PARTIAL.exec(typed) ?? [];
    this.#partial = partial.length <= LONGEST_ANSWER ? partial : '';
    if (this.#partial !== '') this.#timer = setTimeout(() => this.#releasePartial(), REST_MS);
    const whole = typed.slice(0, typed.length - this.#partial.length);
    done(null, Buffer.from(whole, 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    clearTimeout(this.#timer);
    this.#releasePartial();
    done();
  }

  #releasePartial(): void {
    if (this.#partial !== '') this.push(Buffer.from(this.#partial, 'latin1'));
    this.#partial = '';
  }
}
