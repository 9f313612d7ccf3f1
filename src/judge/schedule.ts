/**
 * When each check runs, on which program, and whether it gets a second attempt. Most checks wait more
 * than they work, so several run side by side. No check may fail because of what another one did to
 * the program or to the machine, so a failure among others is repeated with nothing else running.
 */
import { type Attempt, runCheck } from './attempt/attempt.ts';
import type { Check, CheckInfo } from './check.ts';
import { hasProcessTable } from './program/operating-system.ts';
import { type Result, skipped } from './result.ts';

/** Checks at the same time. Their deadlines are long enough for this. */
const SIDE_BY_SIDE = 3;

/** A running program on which one check after the other makes its attempt. */
export interface SharedProgram<A extends Attempt> {
  use(run: (attempt: A) => Promise<Result>): Promise<Result>;
}

export class Schedule<A extends Attempt> {
  readonly #checks: readonly Check<A>[];
  readonly #newAttempt: () => A;
  readonly #onResult: (result: Result) => void;
  readonly #shared: SharedProgram<A> | undefined;
  readonly #machine = new SharedLock();
  readonly #results = new Map<string, Promise<Result>>();

  /**
   * @param newAttempt makes an attempt that starts a program of its own.
   * @param onResult is called with each result as soon as it is known.
   */
  constructor(
    checks: readonly Check<A>[],
    newAttempt: () => A,
    onResult: (result: Result) => void,
    shared?: SharedProgram<A>,
  ) {
    this.#checks = checks;
    this.#newAttempt = newAttempt;
    this.#onResult = onResult;
    this.#shared = shared;
  }

  /**
   * 1. Checks that share a program run one after the other; all others run beside them.
   * 2. When these have ended, the exclusive checks run, one at a time.
   *
   * A check that another one needs runs before it, whatever its place.
   * @returns the results in the order of the checks.
   */
  async run(): Promise<Result[]> {
    const sharing = this.#checks.filter(check => this.#canShare(check));
    const others = this.#checks.filter(check => !check.exclusive && !sharing.includes(check));
    const workers = Array.from({ length: SIDE_BY_SIDE - 1 }, () => this.#runAll(others));
    await Promise.all([this.#runAll(sharing).then(() => this.#runAll(others)), ...workers]);
    await this.#runAll(this.#checks.filter(({ exclusive }) => exclusive));
    return Promise.all(this.#checks.map(check => this.#resultOf(check)));
  }

  /** Takes one check after the other from the queue, which several workers may share. */
  async #runAll(queue: Check<A>[]): Promise<void> {
    for (let check = queue.shift(); check; check = queue.shift()) await this.#resultOf(check);
  }

  /** Runs a check when it is first asked for. */
  #resultOf(check: Check<A>): Promise<Result> {
    const result = this.#results.get(check.name) ?? this.#runOrSkip(check);
    this.#results.set(check.name, result);
    return result;
  }

  async #runOrSkip(check: Check<A>): Promise<Result> {
    const reason = await this.#reasonToSkip(check);
    const result = reason ? skipped(check, reason) : await this.#attempt(check);
    this.#onResult(result);
    return result;
  }

  async #reasonToSkip({ linuxOnly, needs }: CheckInfo): Promise<string | undefined> {
    if (linuxOnly && !hasProcessTable) return 'needs Linux';
    for (const needed of this.#checks.filter(({ name }) => needs?.includes(name))) {
      if ((await this.#resultOf(needed)).status !== 'passed') return `needs ${needed.name}`;
    }
    return undefined;
  }

  #canShare({ sharesProgram = false }: CheckInfo): boolean {
    return sharesProgram && this.#shared !== undefined;
  }

  /**
   * The first attempt may fail because of other checks. Then a second one decides, with a program of
   * its own and nothing else running. An exclusive check gets a second attempt only when something
   * was late, because other programs may have kept the machine busy.
   */
  async #attempt(check: Check<A>): Promise<Result> {
    const first = await (check.exclusive ? this.#exclusive(check) : this.#besideOthers(check));
    const { failure } = first;
    if (!failure || (check.exclusive && !failure.late)) return first;
    const second = await this.#exclusive(check);
    const milliseconds = first.milliseconds + second.milliseconds;
    const isDoubtful = second.status === 'passed' && !this.#canShare(check);
    return { ...second, milliseconds, ...(isDoubtful && { firstFailure: failure }) };
  }

  #exclusive(check: Check<A>): Promise<Result> {
    return this.#machine.exclusive(() => runCheck(check, this.#newAttempt()));
  }

  #besideOthers(check: Check<A>): Promise<Result> {
    const run = (attempt: A): Promise<Result> =>
      this.#machine.shared(() => runCheck(check, attempt));
    return this.#shared && check.sharesProgram ? this.#shared.use(run) : run(this.#newAttempt());
  }
}

/** A readers-writer lock: several shared holders, or one exclusive holder. First come, first served. */
export class SharedLock {
  readonly #queue: { readonly exclusive: boolean; enter(): void }[] = [];
  #holders = 0;
  #isExclusive = false;

  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#hold(false, work);
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#hold(true, work);
  }

  async #hold<T>(exclusive: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>(enter => {
      this.#queue.push({ exclusive, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#holders--;
      this.#isExclusive = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#queue[0]; next && this.#mayEnter(next.exclusive); next = this.#queue[0]) {
      this.#queue.shift();
      this.#holders++;
      this.#isExclusive = next.exclusive;
      next.enter();
    }
  }

  #mayEnter(exclusive: boolean): boolean {
    return this.#holders === 0 || !(exclusive || this.#isExclusive);
  }
}
