/** What a process holds over time, gathered by tenths of a run, and whether it has grown. */

export interface Sample {
  readonly residentMiB: number;
  readonly descriptors: number;
  readonly threads: number;
}

/** How much more may be held in the last part than in the one that is WARM. */
export type Slack = Sample;

/** By this part all code is compiled, and V8's heap has the room it wants. */
const WARM = 2;

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

  /** Of each kind the medians of the first part, the warm one, and the last: `62 → 80 → 82`. */
  overTime(): string[] {
    return KINDS.map(kind =>
      [0, WARM, -1].map(part => this.#median(part, kind).toFixed(0)).join(' → '),
    );
  }

  /** What has grown by more than this, in words. */
  growthBeyond(slack: Slack): string[] {
    return KINDS.flatMap(kind => {
      const [warm, last] = [this.#median(WARM, kind), this.#median(-1, kind)];
      return last - warm > slack[kind] ? [`${kind} grew from ${warm} to ${last}`] : [];
    });
  }

  #median(part: number, kind: keyof Sample): number {
    return median((this.#parts.at(part) ?? []).map(sample => sample[kind]));
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
