/**
 * Compares random expressions with every other calculator that is installed.
 *
 *   run.ts [COUNT] [SEED]      a million in all, and seed 1, unless said
 */
import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { randomFrom } from './random-expression.ts';
import { REFERENCES } from './references.ts';

const BATCH = 10_000;

const [count = 1_000_000, seed = 1] = argv.slice(2).map(Number);
const installed = REFERENCES.filter(({ name, missing }) => {
  if (missing) console.log(`${name}: skipped, ${missing}`);
  return !missing;
});

for (const { name, compare } of installed) {
  const share = Math.ceil(count / installed.length);
  const random = randomFrom(seed);
  const started = performance.now();
  for (let done = 0; done < share; done += BATCH) compare(random, Math.min(BATCH, share - done));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${share} expressions from seed ${seed}, no difference, ${seconds} s`);
}
