/**
 * Latencies counted in buckets that grow with the value, as HdrHistogram does: 64 buckets for each
 * power of two, so that whatever is read off is within 1.6 % of the truth. histogram.h in TypeScript.
 */
const SUB_BUCKETS = 64;
const POWERS = 48;

export class Histogram {
  readonly #counts = new Float64Array(POWERS * SUB_BUCKETS);
  total = 0;
  max = 0;

  record(nanoseconds: number): void {
    const bucket = bucketOf(nanoseconds);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.total++;
    if (nanoseconds > this.max) this.max = nanoseconds;
  }

  /** The value that `share` (0 to 1) of all lie at or below. */
  percentile(share: number): number {
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] as number;
      if (seen > 0 && seen >= share * this.total) return Math.min(valueIn(bucket), this.max);
    }
    return this.max;
  }

  clear(): void {
    this.#counts.fill(0);
    this.total = 0;
    this.max = 0;
  }
}

function bucketOf(value: number): number {
  const power = Math.max(0, Math.floor(Math.log2(value / SUB_BUCKETS)) + 1);
  return power * (SUB_BUCKETS / 2) + Math.floor(value / 2 ** power);
}

/** The middle of a bucket. */
function valueIn(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const power = Math.floor(bucket / (SUB_BUCKETS / 2)) - 1;
  return (bucket - power * (SUB_BUCKETS / 2) + 0.5) * 2 ** power;
}
