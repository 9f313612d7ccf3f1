/** How far the check is, on a terminal. */
import { StatusLine } from '../terminal/status-line.ts';
import type { Outcome } from './outcome.ts';

export class Progress {
  readonly #title: string;
  readonly #line: StatusLine;
  #done = 0;
  #failed = 0;

  constructor(title: string, output: NodeJS.WriteStream) {
    this.#title = title;
    this.#line = new StatusLine(output);
    this.#line.show(`${title}: starting …`);
  }

  show({ item, verdict }: Outcome): void {
    this.#done++;
    if (verdict === 'failed') this.#failed++;
    this.#line.show(`${this.#title}: ${this.#done} done, ${this.#failed} ✗, last ${item.name} …`);
  }

  clear(): void {
    this.#line.clear();
  }
}
