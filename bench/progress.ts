/** Shows how far a run has come: a line that is written over at a terminal, a line each elsewhere. */
import { performance } from 'node:perf_hooks';
import { stderr } from 'node:process';
import type { Point, Sample } from './results.ts';

export class Progress {
  readonly #total: number;
  readonly #started = performance.now();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  measured(point: Point, sample: Sample): void {
    this.#done++;
    const seconds = (performance.now() - this.#started) / 1000;
    const left = Math.round((seconds / this.#done) * (this.#total - this.#done));
    const line = `${this.#done}/${this.#total}, ${left} s left: ${pointName(point)}: ${shown(sample)}`;
    stderr.write(stderr.isTTY ? `\r\x1b[K${line.slice(0, stderr.columns - 1)}` : `${line}\n`);
  }

  end(): void {
    if (stderr.isTTY) stderr.write('\r\x1b[K');
  }
}

function pointName({ part, contender, clients, inFlight, idle, display }: Point): string {
  const words = [part, contender];
  if (clients) words.push(`${clients} × ${inFlight}`);
  if (idle) words.push(`${idle} idle`);
  if (display) words.push('with display');
  return words.join(' ');
}

function shown(sample: Sample): string {
  return ['perSecond', 'p50', 'cpu', 'ms', 'KiB']
    .filter(metric => sample[metric] !== undefined)
    .map(metric => `${metric} ${Number((sample[metric] as number).toPrecision(3))}`)
    .join(', ');
}
