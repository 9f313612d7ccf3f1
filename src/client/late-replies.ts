/**
 * Replies that were given up, and may still come. From a server that answers everything, only
 * slowly, the next reply is to the line that was given up; from one that says nothing to what it
 * does not understand, it is to the line after. Which it is nobody can know: so it is said, until
 * the server has been silent for long enough with every line answered.
 */
export class LateReplies {
  readonly #patienceMs: number;
  /** When each of them was asked for, and until when it is still thought possible. */
  readonly #missing: { readonly askedAt: number; readonly until: number }[] = [];
  /** When the last reply came; undefined when none has come since one was given up. */
  #repliedAt: number | undefined;
  /** What the first reply since then took, if it was to the line that was given up. */
  #tookMs = 0;

  /** @param patienceMs after so long a reply that was given up will not come any more. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** @param askedAt on the clock of `performance.now`, as all times here. */
  gaveUp(askedAt: number, now = performance.now()): void {
    this.#missing.push({ askedAt, until: now + this.#patienceMs });
    this.#repliedAt = undefined;
  }

  /**
   * Another line goes out. If the reply before was late, the server still owed one, and would have
   * sent it in the time that the late one took. If it kept silent that long, it owes none.
   */
  asked(now = performance.now()): void {
    if (this.#repliedAt === undefined) return;
    if (now - this.#repliedAt >= this.#tookMs) this.#missing.length = 0;
  }

  /**
   * What a reply is in which the late ones may be as well: a server that was busy sends them all at
   * once, a line each.
   */
  tellApart(
    text: string,
    now = performance.now(),
  ): { late: string[]; reply: string; isDoubtful: boolean } {
    const expected = this.#arePossible(now) ? this.#missing.length + 1 : 1;
    if (this.#repliedAt === undefined) this.#tookMs = now - (this.#missing[0]?.askedAt ?? now);
    this.#repliedAt = now;
    const lines = text.split('\n');
    if (expected === 1 || lines.length !== expected) {
      return { late: [], reply: text, isDoubtful: expected > 1 };
    }
    this.#missing.length = 0;
    return { late: lines.slice(0, -1), reply: lines.at(-1) as string, isDoubtful: false };
  }

  /** The server spoke without being asked: if one was possible, this is it. @returns whether. */
  came(now = performance.now()): boolean {
    const late = this.#arePossible(now);
    this.#missing.shift();
    if (this.#repliedAt !== undefined) this.#repliedAt = now;
    return late;
  }

  /** Whether one may come now. */
  #arePossible(now: number): boolean {
    while (this.#missing[0] !== undefined && this.#missing[0].until < now) this.#missing.shift();
    return this.#missing.length > 0;
  }
}
