/**
 * The prompt at a terminal that obeys no escape sequences. The terminal's own driver edits the line:
 * Backspace and Ctrl+U are its keys, and its Ctrl+C is SIGINT, which ends the client. What there is to
 * tell meanwhile goes below the line, and the prompt is printed again; what was typed still counts.
 */
import { createInterface, type Interface } from 'node:readline';
import { type AnyPrompt, PROMPT, type Terminal } from './prompt.ts';

export class PlainPrompt implements AnyPrompt {
  readonly #terminal: Terminal;
  /** Whether the cursor stands behind a prompt. */
  #asking = false;

  constructor({ input, output }: Terminal) {
    this.#terminal = { input, output };
  }

  open(): Interface {
    const { input } = this.#terminal;
    return createInterface({ input, terminal: false }).on('line', () => {
      this.#asking = false;
    });
  }

  ask(): void {
    if (!this.#asking) this.#terminal.output.write(PROMPT);
    this.#asking = true;
  }

  print(line: string): void {
    const asking = this.#asking;
    this.close();
    this.#terminal.output.write(`${line}\n`);
    if (asking) this.ask();
  }

  close(): void {
    if (this.#asking) this.#terminal.output.write('\n');
    this.#asking = false;
  }
}
