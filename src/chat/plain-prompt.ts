/**
 * The prompt where input or output is no terminal, or one that obeys no escape sequences. As with
 * Python's input() it is written before each line is read, so that a program that waits for it gets
 * it. A terminal echoes what is typed, and its own driver edits it: Backspace and Ctrl+U are its keys,
 * and its Ctrl+C is SIGINT. A line from anywhere else is written behind the prompt, or no one could
 * read the session.
 */
import { PROMPT } from './prompt.ts';

export class PlainPrompt {
  readonly #output: NodeJS.WriteStream;
  readonly #echoes: boolean;
  /** Whether the prompt is the last thing written. */
  #stands = false;

  /** @param echoes whether lines are to be written behind the prompt. */
  constructor(output: NodeJS.WriteStream, echoes: boolean) {
    this.#output = output;
    this.#echoes = echoes;
  }

  ask(): void {
    if (!this.#stands) this.#output.write(PROMPT);
    this.#stands = true;
  }

  /** A line was read, and its end is where the terminal's cursor is. */
  answered(line: string): void {
    this.ask();
    this.#stands = false;
    if (this.#echoes) this.#output.write(`${line}\n`);
  }

  print(line: string): void {
    this.above(() => this.#output.write(`${line}\n`));
  }

  /** Lets something be written on lines of its own, and asks again below it. */
  above(write: () => void): void {
    const asks = this.#stands;
    this.close();
    write();
    if (asks) this.ask();
  }

  /** Goes on below a prompt that no line has come for. */
  close(): void {
    if (this.#stands) this.#output.write('\n');
    this.#stands = false;
  }
}
