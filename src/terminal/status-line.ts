/** One line on a terminal, written over and over; nothing where that is not possible. */
import { clearLine, cursorTo } from 'node:readline';
import { isPlainTerminal } from './colours.ts';

/** Of a terminal that does not know how wide it is. */
const USUAL_COLUMNS = 80;

export class StatusLine {
  readonly #terminal: NodeJS.WriteStream | undefined;

  constructor(output: NodeJS.WriteStream) {
    this.#terminal = output.isTTY && !isPlainTerminal() ? output : undefined;
  }

  /** A line longer than the window is wide is cut: what is wrapped could not be written over. */
  show(text: string): void {
    if (!this.#terminal) return;
    cursorTo(this.#terminal, 0);
    clearLine(this.#terminal, 0);
    this.#terminal.write(text.slice(0, (this.#terminal.columns || USUAL_COLUMNS) - 1));
  }

  clear(): void {
    this.show('');
  }
}
