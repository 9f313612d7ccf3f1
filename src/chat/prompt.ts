/**
 * The prompt at a terminal. A line is edited by node:readline; what there is to tell meanwhile is
 * printed above it, and what has been typed stays.
 */
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from 'node:readline';
import { History } from './history.ts';
import { Keyboard } from './keyboard.ts';

export const PROMPT = 'Please enter the message to the server: ';

interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

export class Prompt {
  readonly #terminal: Terminal;
  readonly #history: History | undefined;
  #keyboard: Keyboard | undefined;
  #reader: Interface | undefined;
  /** Whether the reader takes keys. */
  #editing = false;
  #asking = false;

  constructor({ input, output }: Terminal, keepsHistory: boolean) {
    this.#terminal = { input, output };
    if (!keepsHistory) return;
    this.#history = new History(({ reason, code }) =>
      this.print(`(what you enter is not kept for the next time: ${reason} (${code}))`),
    );
  }

  /** Until then Ctrl+C is the terminal's. @param interrupt is called on Ctrl+C at an empty line. */
  open(interrupt: () => void): Interface {
    this.#keyboard = new Keyboard(this.#terminal.input);
    const reader = createInterface({
      input: this.#keyboard,
      output: this.#terminal.output,
      terminal: true,
      prompt: '',
      history: this.#history?.load() ?? [],
      historySize: History.size,
    });
    this.#reader = reader
      .on('line', line => {
        this.#show(false);
        this.#history?.add(line);
      })
      .on('SIGINT', () => (reader.line === '' ? interrupt() : this.#clear()))
      .on('SIGTSTP', () => this.#suspend())
      .on('close', () => {
        this.#editing = false;
      });
    this.#editing = true;
    editPastedTextToo(reader);
    process.on('SIGCONT', this.#resume);
    return reader;
  }

  /** Asks for a line; one may have been begun already. */
  ask(): void {
    this.#show(true);
  }

  print(line: string): void {
    const rows = this.#hide();
    this.#terminal.output.write(`${line}\n${'\n'.repeat(rows)}`);
    this.#show(this.#asking);
  }

  /** Leaves what has been typed on the screen, and in the history, and goes on below it. */
  close(): void {
    if (this.#editing) this.#moveToEnd();
    if (this.#lineIsBegun) this.#terminal.output.write('\n');
    if (this.#reader) this.#history?.add(this.#reader.line);
    process.off('SIGCONT', this.#resume);
    this.#keyboard?.release();
    this.#asking = false;
    this.#editing = false;
    this.#reader = undefined;
  }

  get #lineIsBegun(): boolean {
    return this.#asking || Boolean(this.#reader?.line);
  }

  /** @returns how far down the cursor must be for readline to find it where it left it. */
  #hide(): number {
    if (!this.#reader || !this.#lineIsBegun) return 0;
    const { output } = this.#terminal;
    const { rows } = this.#reader.getCursorPos();
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    return rows;
  }

  #show(asking: boolean): void {
    this.#asking = asking;
    this.#reader?.setPrompt(asking ? PROMPT : '');
    if (this.#lineIsBegun) this.#reader?.prompt(true);
  }

  #clear(): void {
    this.#moveToEnd();
    this.#reader?.write(null, { ctrl: true, name: 'u' });
  }

  #moveToEnd(): void {
    this.#reader?.write(null, { ctrl: true, name: 'e' });
  }

  /**
   * Ctrl+Z stops the whole process group, as the terminal itself would: npm waits for us. A group that
   * no shell could wake is not stopped, and simply goes on.
   */
  #suspend(): void {
    const { input } = this.#terminal;
    input.setRawMode(false);
    process.kill(0, 'SIGTSTP');
    input.setRawMode(true);
  }

  /** Whoever stopped us, the terminal has been somebody else's meanwhile. */
  readonly #resume = (): void => {
    const { input } = this.#terminal;
    input.setRawMode(false);
    input.setRawMode(true);
    this.#show(this.#asking);
  };
}

/**
 * While it takes in several characters at once readline has this switched off, and then appends them to
 * the line wherever the cursor is, and miscounts rows.
 */
function editPastedTextToo(reader: Interface): void {
  Object.defineProperty(reader, 'isCompletionEnabled', { get: () => true, set: () => {} });
}
