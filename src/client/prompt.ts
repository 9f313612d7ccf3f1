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

export const PROMPT = 'Please enter the message to the server: ';

export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

export class Prompt {
  readonly #terminal: Terminal;
  #reader: Interface | undefined;
  #asking = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Until then Ctrl+C is the terminal's. @param interrupt is called on Ctrl+C. */
  open(interrupt: () => void): Interface {
    this.#reader = createInterface({ ...this.#terminal, terminal: true, prompt: '' })
      .on('line', () => this.#show(false))
      .on('SIGINT', interrupt)
      .on('SIGTSTP', () => this.#suspend());
    return this.#reader;
  }

  /** Asks for a line; one may have been begun already. */
  ask(): void {
    this.#show(true);
  }

  /** Prints a line above the one that is being typed. */
  print(line: string): void {
    const rows = this.#hide();
    this.#terminal.output.write(`${line}\n${'\n'.repeat(rows)}`);
    this.#show(this.#asking);
  }

  /** Leaves the line as it is, and goes on below it. */
  leave(): void {
    if (this.#lineIsBegun) this.#terminal.output.write('\n');
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

  /** Ctrl+Z stops the whole process group, as the terminal itself would: npm waits for us. */
  #suspend(): void {
    const { input } = this.#terminal;
    input.setRawMode(false);
    process.once('SIGCONT', () => {
      input.setRawMode(true);
      this.#show(this.#asking);
    });
    process.kill(0, 'SIGTSTP');
  }
}
