/** One line on a terminal that is written over; nothing where the terminal cannot do that. */
import { clearLine, cursorTo } from 'node:readline';
import { isPlainTerminal } from './colours.ts';

/** For a terminal that does not report its width. */
const USUAL_COLUMNS = 80;

export class StatusLine {
  readonly #terminal: NodeJS.WriteStream | undefined;

  constructor(output: NodeJS.WriteStream) {
    this.#terminal = output.isTTY && !isPlainTerminal() ? output : undefined;
  }

  /** Cuts a line that is longer than the window is wide: a wrapped line could not be written over. */
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
