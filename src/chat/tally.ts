/** What has come back so far, for the exit code and for whoever watches a long run. */
import { hasErrorLine } from './exchange.ts';

export class Tally {
  #replies = 0;
  #hasErrors = false;

  get replies(): number {
    return this.#replies;
  }

  get hasErrors(): boolean {
    return this.#hasErrors;
  }

  /** @param text one reply, or several, a line each. */
  count(text: string, replies = 1): void {
    this.#replies += replies;
    this.#hasErrors ||= hasErrorLine(text);
  }
}
