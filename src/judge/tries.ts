/**
 * On which program an item is tried, what else runs meanwhile, and whether it is tried again. What
 * one item breaks must not show in another, nor what it does to the machine.
 */
import { Gate } from './gate.ts';
import type { Item } from './item.ts';
import { type Outcome, runItem } from './outcome.ts';
import type { Trial } from './trial.ts';

/** A program on which one item after the other is tried. */
export interface Shared<T extends Trial> {
  use(run: (trial: T) => Promise<Outcome>): Promise<Outcome>;
}

export class Tries<T extends Trial> {
  readonly #open: () => T;
  readonly #shared: Shared<T> | undefined;
  readonly #gate = new Gate();

  /** @param open a trial that starts the program itself. */
  constructor(open: () => T, shared?: Shared<T>) {
    this.#open = open;
    this.#shared = shared;
  }

  sharesProgram({ shares = false }: Item<T>): boolean {
    return shares && this.#shared !== undefined;
  }

  /**
   * The first try may fail for what others do: then a second one counts, alone and with a program
   * of its own. So it does when the first was alone and something came too late, for the machine
   * may have others to serve.
   */
  async judge(item: Item<T>): Promise<Outcome> {
    const first = await (item.alone ? this.#alone(item) : this.#inCompany(item));
    const { failure } = first;
    if (!failure || (item.alone && !failure.late)) return first;
    const second = await this.#alone(item);
    const milliseconds = first.milliseconds + second.milliseconds;
    const isDoubtful = second.verdict === 'passed' && !this.sharesProgram(item);
    return { ...second, milliseconds, ...(isDoubtful && { firstTry: failure }) };
  }

  #alone(item: Item<T>): Promise<Outcome> {
    return this.#gate.alone(() => runItem(item, this.#open()));
  }

  #inCompany(item: Item<T>): Promise<Outcome> {
    const run = (trial: T): Promise<Outcome> => this.#gate.beside(() => runItem(item, trial));
    return this.#shared && item.shares ? this.#shared.use(run) : run(this.#open());
  }
}
