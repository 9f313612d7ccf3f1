/**
 * Replies that were given up, and may still come. From a server that answers everything, only
 * slowly, the next reply is to the line that was given up; from one that says nothing to what it
 * does not understand, it is to the line after. The client cannot know which, and says so, until the
 * time is over in which a reply may come.
 */
export class LateReplies {
  readonly #patienceMs: number;
  /** Until when each of them is still thought possible, on the clock of `performance.now`. */
  readonly #until: number[] = [];

  /** @param patienceMs after so long a reply that was given up will not come any more. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  gaveUp(now = performance.now()): void {
    this.#until.push(now + this.#patienceMs);
  }

  /**
   * What a reply is in which the late ones may be as well: a server that was busy sends them all at
   * once, a line each.
   */
  tellApart(
    text: string,
    now = performance.now(),
  ): { late: string[]; reply: string; isDoubtful: boolean } {
    const expected = this.#arePossible(now) ? this.#until.length + 1 : 1;
    const lines = text.split('\n');
    if (expected === 1 || lines.length !== expected) {
      return { late: [], reply: text, isDoubtful: expected > 1 };
    }
    this.#until.length = 0;
    return { late: lines.slice(0, -1), reply: lines.at(-1) as string, isDoubtful: false };
  }

  /** The server spoke without being asked: if one was possible, this is it. @returns whether. */
  came(now = performance.now()): boolean {
    const late = this.#arePossible(now);
    this.#until.shift();
    return late;
  }

  /** Whether one may come now. */
  #arePossible(now: number): boolean {
    while (this.#until[0] !== undefined && this.#until[0] < now) this.#until.shift();
    return this.#until.length > 0;
  }
}
