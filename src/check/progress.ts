/** How far the check is: one line on a terminal, written over and over; nothing elsewhere. */
import { clearLine, cursorTo } from 'node:readline';
import type { Outcome } from './run.ts';

export class Progress {
  readonly #title: string;
  readonly #terminal: NodeJS.WriteStream | undefined;
  #done = 0;
  #failed = 0;

  constructor(title: string, output: NodeJS.WriteStream) {
    this.#title = title;
    this.#terminal = output.isTTY ? output : undefined;
    this.#write(`${title}: starting …`);
  }

  show({ item, verdict }: Outcome): void {
    this.#done++;
    if (verdict === 'failed') this.#failed++;
    this.#write(`${this.#title}: ${this.#done} done, ${this.#failed} ✗, last ${item.name} …`);
  }

  clear(): void {
    this.#write('');
  }

  #write(text: string): void {
    if (!this.#terminal) return;
    cursorTo(this.#terminal, 0);
    clearLine(this.#terminal, 0);
    this.#terminal.write(text);
  }
}
