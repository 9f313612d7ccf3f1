/**
 * One program for all items that leave it as they found it: to start it for each would take longer
 * than most of them. When it has ended, or an item has failed on it, the next item gets a new one.
 */

import type { Outcome } from './outcome.ts';
import type { Program } from './program.ts';
import { ServerTrial } from './server-trial.ts';

interface Listening {
  readonly program: Program;
  readonly port: number;
}

export class SharedServer {
  readonly #open: () => ServerTrial;
  #owner: ServerTrial | undefined;
  #listening: Listening | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(open: () => ServerTrial) {
    this.#open = open;
  }

  /** One item at a time: what a program owes to several clients at once is another item. */
  use(run: (trial: ServerTrial) => Promise<Outcome>): Promise<Outcome> {
    const turn = this.#lastTurn.then(async () => {
      const outcome = await run(new TrialOfRunning(this.#open(), () => this.#running()));
      if (outcome.verdict === 'failed') await this.end();
      return outcome;
    });
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async end(): Promise<void> {
    await this.#owner?.end();
    this.#listening = undefined;
  }

  async #running(): Promise<Listening> {
    if (this.#listening && this.#listening.program.ended === undefined) return this.#listening;
    await this.end();
    this.#owner = this.#open();
    this.#listening = await this.#owner.startListening();
    return this.#listening;
  }
}

/** A trial of a program that others have talked to before, and that runs on after it. */
export class TrialOfRunning extends ServerTrial {
  readonly #running: () => Promise<Listening>;

  constructor({ command, role, dialect }: ServerTrial, running: () => Promise<Listening>) {
    super(command, role, dialect);
    this.#running = running;
  }

  override startListening(): Promise<Listening> {
    return this.#running();
  }
}
