/**
 * The prompt: one that edits the line, at a terminal that obeys escape sequences, and a plain one
 * everywhere else. Lines that the client prints while the user types appear above the prompt.
 */
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from 'node:readline';
import { isPlainTerminal } from '../terminal/colours.ts';
import type { ClientOptions } from './client-options.ts';
import { HISTORY_LINES, History } from './history.ts';
import { LineReader, type Reader } from './input-lines.ts';
import { Keyboard } from './keyboard.ts';

const PROMPT = 'Please enter the message to the server: ';

export interface Prompt {
  /** Starts to read. @param onInterrupt is called on Ctrl+C, if the terminal sends no SIGINT. */
  open(onInterrupt: () => void): Reader;
  /** Shows the prompt, if it is not shown already. */
  ask(): void;
  onSent(line: string): void;
  print(line: string): void;
  /** Leaves the prompt and what was typed on the screen, and the cursor below. */
  close(): void;
}

export function promptFor(options: ClientOptions): Prompt {
  const { input, output, keepsHistory } = options;
  const canEdit = input.isTTY && output.isTTY && !isPlainTerminal();
  return canEdit ? new LineEditor(options, keepsHistory) : new PlainPrompt(input, output);
}

interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/** node:readline edits the line, and this prints above it. */
class LineEditor implements Prompt {
  readonly #terminal: Terminal;
  readonly #history: History | undefined;
  #keyboard: Keyboard | undefined;
  #readline: Interface | undefined;
  /** Whether readline takes keys. */
  #editing = false;
  #asking = false;

  constructor({ input, output }: Terminal, keepsHistory: boolean) {
    this.#terminal = { input, output };
    if (!keepsHistory) return;
    this.#history = new History(({ reason, code }) =>
      this.print(`(cannot keep the history: ${reason} (${code}))`),
    );
  }

  open(onInterrupt: () => void): Reader {
    this.#keyboard = new Keyboard(this.#terminal.input);
    const readline = createInterface({
      input: this.#keyboard,
      output: this.#terminal.output,
      terminal: true,
      prompt: '',
      history: this.#history?.load() ?? [],
      historySize: HISTORY_LINES,
    });
    this.#readline = readline
      .on('line', line => {
        this.#show(false);
        this.#history?.add(line);
      })
      .on('SIGINT', () => (readline.line === '' ? onInterrupt() : this.#clear()))
      .on('SIGTSTP', () => this.#suspend())
      .on('close', () => {
        this.#editing = false;
        this.close();
      });
    this.#editing = true;
    insertPastedTextAtCursor(readline);
    process.on('SIGCONT', this.#onContinue);
    return readline;
  }

  ask(): void {
    if (this.#readline) this.#show(true);
  }

  onSent(): void {}

  print(line: string): void {
    const rows = this.#hide();
    this.#terminal.output.write(`${line}\n${'\n'.repeat(rows)}`);
    this.#show(this.#asking);
  }

  /** A line that is half typed goes into the history. */
  close(): void {
    if (this.#editing) this.#moveToEnd();
    if (this.#lineIsBegun) this.#terminal.output.write('\n');
    if (this.#readline) this.#history?.add(this.#readline.line);
    process.off('SIGCONT', this.#onContinue);
    this.#keyboard?.release();
    this.#asking = false;
    this.#editing = false;
    this.#readline = undefined;
  }

  get #lineIsBegun(): boolean {
    return this.#asking || Boolean(this.#readline?.line);
  }

  /** @returns how many rows further down readline expects the cursor. */
  #hide(): number {
    if (!this.#readline || !this.#lineIsBegun) return 0;
    const { output } = this.#terminal;
    const { rows } = this.#readline.getCursorPos();
    moveCursor(output, 0, -rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    return rows;
  }

  #show(asking: boolean): void {
    this.#asking = asking;
    this.#readline?.setPrompt(asking ? PROMPT : '');
    if (this.#lineIsBegun) this.#readline?.prompt(true);
  }

  #clear(): void {
    this.#moveToEnd();
    this.#readline?.write(null, { ctrl: true, name: 'u' });
  }

  #moveToEnd(): void {
    this.#readline?.write(null, { ctrl: true, name: 'e' });
  }

  /**
   * Ctrl+Z stops the whole process group, as the terminal itself would, because npm may be waiting for
   * us. A group that no shell could continue is not stopped by the system, and simply goes on.
   */
  #suspend(): void {
    const { input } = this.#terminal;
    input.setRawMode(false);
    process.kill(0, 'SIGTSTP');
    input.setRawMode(true);
  }

  /** While we were stopped, the shell used the terminal in its own mode. */
  readonly #onContinue = (): void => {
    const { input } = this.#terminal;
    input.setRawMode(false);
    input.setRawMode(true);
    this.#show(this.#asking);
  };
}

/**
 * While it takes in several characters at once, readline switches this property off, appends them to
 * the end of the line wherever the cursor is, and miscounts the rows.
 */
function insertPastedTextAtCursor(readline: Interface): void {
  Object.defineProperty(readline, 'isCompletionEnabled', { get: () => true, set: () => {} });
}

/**
 * Like Python's input(): the prompt is written before each line is read, so that a program can wait
 * for it. A terminal echoes what is typed, and its own driver edits the line. A line from a pipe or a
 * file is written behind the prompt, so that the session can be read.
 */
class PlainPrompt implements Prompt {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  /** Whether the prompt is the last thing written. */
  #isShown = false;

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#input = input;
    this.#output = output;
  }

  open(): Reader {
    return new LineReader(this.#input);
  }

  ask(): void {
    if (!this.#isShown) this.#output.write(PROMPT);
    this.#isShown = true;
  }

  /** The terminal's echo has moved the cursor to the next line. */
  onSent(line: string): void {
    this.ask();
    this.#isShown = false;
    if (!this.#input.isTTY) this.#output.write(`${line}\n`);
  }

  /** Below the prompt, which is then shown again. */
  print(line: string): void {
    const isAsking = this.#isShown;
    this.close();
    this.#output.write(`${line}\n`);
    if (isAsking) this.ask();
  }

  close(): void {
    if (this.#isShown) this.#output.write('\n');
    this.#isShown = false;
  }
}
