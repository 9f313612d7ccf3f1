/** The last things that happened in a run, for the report of a seed that fails. */

const KEPT = 80;

export class History {
  readonly #entries: (readonly [time: number, what: string, ...details: unknown[]])[] = [];
  #next = 0;

  /** Details become text only when they are read. */
  add(time: number, what: string, ...details: unknown[]): void {
    this.#entries[this.#next % KEPT] = [time, what, ...details];
    this.#next++;
  }

  toString(): string {
    const from = Math.max(0, this.#next - KEPT);
    const lines: string[] = [];
    for (let index = from; index < this.#next; index++) {
      const [time, what, ...details] = this.#entries[index % KEPT] as [number, string];
      lines.push(`${time.toFixed(3).padStart(12)} ms  ${what} ${details.map(shown).join(' ')}`);
    }
    return lines.join('\n');
  }
}

function shown(detail: unknown): string {
  return typeof detail === 'string' ? JSON.stringify(detail.slice(0, 60)) : String(detail);
}
