/** What was measured: rows of samples, one sample a round, and what is read off them. */
import type { Conversation } from './contenders.ts';
import type { Machine } from './machine.ts';

export type Part =
  | 'throughput'
  | 'latency'
  | 'display'
  | 'idle'
  | 'first'
  | 'memory'
  | 'start'
  | 'bulk';

/** What is the same in all rounds of a row; what does not apply is 0. */
export interface Point {
  readonly part: Part;
  readonly contender: string;
  readonly conversation: Conversation;
  readonly clients: number;
  readonly inFlight: number;
  readonly idle: number;
  readonly rate: number;
  readonly display: boolean;
}

/** By metric: `perSecond`; `cpu` of the generator; `p50` … `max` in µs; `ms`; `KiB`. */
export type Sample = Readonly<Record<string, number>>;

export interface Row extends Point {
  readonly samples: Sample[];
}

export interface Results {
  readonly machine: Machine;
  readonly absent: readonly string[];
  readonly rows: readonly Row[];
}

export function sorted(row: Row, metric: string): number[] {
  return row.samples
    .map(sample => sample[metric] as number)
    .filter(value => value !== undefined)
    .sort((a, b) => a - b);
}

/** The median of the rounds; NaN for none. */
export function median(row: Row | undefined, metric: string): number {
  return middle(row ? sorted(row, metric) : []);
}

function middle(ascending: readonly number[]): number {
  const half = Math.floor(ascending.length / 2);
  const upper = ascending[half] ?? Number.NaN;
  return ascending.length % 2 ? upper : (upper + (ascending[half - 1] ?? Number.NaN)) / 2;
}

/** The rows of a part, perhaps of one contender and other things alike. */
export function rowsOf({ rows }: Results, part: Part, like: Partial<Point> = {}): Row[] {
  const wanted = Object.entries({ ...like, part });
  return rows.filter(row => wanted.every(([key, value]) => row[key as keyof Point] === value));
}

/** The median over the rounds of the ratio to another row, round by round. */
export function ratio(row: Row | undefined, other: Row | undefined, metric: string): number {
  if (!row || !other) return Number.NaN;
  const ratios = row.samples.map(
    (sample, round) => (sample[metric] as number) / (other.samples[round]?.[metric] as number),
  );
  return middle(ratios.filter(Number.isFinite).sort((a, b) => a - b));
}
