/** What ends with a test, or with a whole suite of tests. */

/** A test, or anything else that does these things when it is over. */
export interface Ending {
  after(action: () => void): void;
}

/** For a suite: its `after` hook calls `end`. */
export class Scope implements Ending {
  readonly #actions: (() => void)[] = [];

  after(action: () => void): void {
    this.#actions.push(action);
  }

  end(): void {
    for (const action of this.#actions) action();
  }
}
