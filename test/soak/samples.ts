/** What a process holds over time, gathered by tenths of a run, and whether it has grown. */

export interface Sample {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly threads: number;
}

/** How much more may be held in the last part than in the first. */
export type Slack = Sample;

const KINDS = ['residentMiB', 'descriptors', 'threads'] as const;

export class Samples {
  readonly #parts: Sample[][];

  /** @param parts into which the run is divided. */
  constructor(parts: number) {
    this.#parts = Array.from({ length: parts }, () => []);
  }

  add(part: number, sample: Sample): void {
    this.#parts[Math.min(part, this.#parts.length - 1)]?.push(sample);
  }

  /** Of each kind the medians of the first and the last part: `80 → 82`. */
  firstAndLast(): string[] {
    return KINDS.map(kind => `${this.#first(kind).toFixed(0)} → ${this.#last(kind).toFixed(0)}`);
  }

  /** What has grown by more than this, in words. */
  growthBeyond(slack: Slack): string[] {
    return KINDS.filter(kind => this.#last(kind) - this.#first(kind) > slack[kind]).map(
      kind => `${kind} grew from ${this.#first(kind)} to ${this.#last(kind)}`,
    );
  }

  #first(kind: keyof Sample): number {
    return median((this.#parts[0] ?? []).map(sample => sample[kind]));
  }

  #last(kind: keyof Sample): number {
    return median((this.#parts.at(-1) ?? []).map(sample => sample[kind]));
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
