/**
 * Simulates many seeds, in as many processes as there are processors (--jobs):
 *
 *   npm run test:simulation -- --seeds 100000
 *   npm run test:simulation -- --minutes 30
 *   npm run test:simulation -- --seed 4711        one again, as it was
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

interface Work {
  readonly from: number;
  readonly step: number;
  readonly seeds: number;
  readonly until: number;
}

interface Result {
  readonly seeds: number;
  /** MiB of heap in use after the first seeds, and at the end. */
  readonly heap: readonly [number, number];
  readonly failure?: string;
}

/** Seeds after which all code is compiled and all caches are full. */
const WARM_SEEDS = 2000;
/** What the largest crowd of a seed may leave for the next collection. */
const HEAP_SLACK_MIB = 16;

if (process.send) {
  process.once('message', async (work: Work) => {
    process.send?.(await simulateAll(work), () => process.exit());
  });
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '1000' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string' },
    },
  });
  if (values.seed !== undefined) {
    await simulate(positive('--seed', values.seed));
    console.log(`seed ${values.seed}: nothing is wrong`);
    return 0;
  }
  const from = positive('--from', values.from);
  const wanted = positive('--seeds', values.seeds);
  const until = Date.now() + positive('--minutes', values.minutes) * 60_000;
  const workers = Math.min(positive('--jobs', values.jobs), wanted);
  const start = performance.now();
  const results = await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const seeds = Math.ceil((wanted - index) / workers);
      return inProcess({ from: from + index, step: workers, seeds, until });
    }),
  );
  const seeds = results.reduce((sum, result) => sum + result.seeds, 0);
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  for (const { failure } of results) if (failure) console.error(failure);
  const heap = results.map(({ heap: [first, last] }) => `${first} to ${last} MiB`).join(', ');
  const failed = results.some(({ failure }) => failure !== undefined);
  console.log(`${seeds} seeds from ${from} in ${minutes} minutes; heap ${heap}`);
  console.log(failed ? 'a seed failed' : 'no seed failed');
  return failed ? 1 : 0;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} takes a whole number above 0: '${text}'`);
}

async function inProcess(work: Work): Promise<Result> {
  const child = fork(new URL(import.meta.url), { execArgv: [...process.execArgv, '--expose-gc'] });
  child.send(work);
  const [result] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code, signal]) => [
      { seeds: 0, heap: [0, 0], failure: `a process of the simulation ended: ${code ?? signal}` },
    ]),
  ]);
  return result as Result;
}

async function simulateAll({ from, step, seeds, until }: Work): Promise<Result> {
  let first = 0;
  let done = 0;
  try {
    while (done < seeds && Date.now() < until) {
      await simulate(from + done * step);
      done++;
      // Node takes signal handlers apart when its own loop goes round.
      if (done % 100 === 0) await setImmediate();
      if (done === WARM_SEEDS) first = heapMiB();
    }
    const last = heapMiB();
    const isFlat = first === 0 || last <= first + HEAP_SLACK_MIB;
    const failure = `the heap grew from ${first} to ${last} MiB`;
    return { seeds: done, heap: [first, last], ...(!isFlat && { failure }) };
  } catch (error) {
    return { seeds: done + 1, heap: [first, heapMiB()], failure: (error as Error).message };
  }
}

function heapMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}
