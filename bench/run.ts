/**
 * `npm run bench`: compares the four servers with their rivals and writes bench/results/.
 *
 *   --quick               a subset of the matrix, shorter
 *   --only PART,PART      throughput latency display idle first memory start bulk
 *   --rounds N  -d SECONDS  --rate PER_SECOND
 *   -c CLIENTS  -p IN_FLIGHT   one load of your own in place of the matrix
 *
 * Rounds are interleaved: every point is measured once before any is measured again, so that what
 * the machine does meanwhile is everybody's. A figure is the median of its rounds; a ratio is the
 * median of the ratios within each round.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Generator } from './generator.ts';
import { describeMachine } from './machine.ts';
import { MEASURES } from './measures.ts';
import { planTasks, type Settings } from './plan.ts';
import { Progress } from './progress.ts';
import type { Part, Row } from './results.ts';
import { prepareTools } from './tools.ts';
import { writeResults } from './write-results.ts';

/** After this long no further round starts. */
const LONGEST_MS = 15 * 60 * 1000;

/** What does not vary from one time to the next is measured in the first round alone. */
const MEASURED_ONCE = new Set<Part>(['memory']);

const settings = readSettings();
const tools = await prepareTools();
const generator = new Generator(tools);
const tasks = planTasks(settings, tools);
const rows: Row[] = tasks.map(({ point }) => ({ ...point, samples: [] }));
const once = tasks.filter(({ point }) => MEASURED_ONCE.has(point.part)).length;
const progress = new Progress(once + (tasks.length - once) * settings.rounds);
const deadline = performance.now() + LONGEST_MS;
for (let round = 0; round < settings.rounds; round++) {
  for (const [index, task] of tasks.entries()) {
    if (performance.now() > deadline) break;
    if (round > 0 && MEASURED_ONCE.has(task.point.part)) continue;
    const sample = await MEASURES[task.point.part](task, generator, settings);
    (rows[index] as Row).samples.push(sample);
    progress.measured(task.point, sample);
  }
}
progress.end();
await writeResults({
  machine: describeMachine(tools, generator.language),
  absent: Object.entries(tools).flatMap(([name, isThere]) => (isThere ? [] : [name])),
  rows,
});

function readSettings(): Settings {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      rate: { type: 'string', default: '10000' },
      clients: { type: 'string', short: 'c' },
      'in-flight': { type: 'string', short: 'p' },
      duration: { type: 'string', short: 'd' },
    },
  });
  const { quick } = values;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    quick,
    rounds: number(values.rounds) ?? 3,
    seconds: number(values.duration) ?? (quick ? 0.5 : 0.8),
    warmUp: quick ? 0.3 : 0.5,
    parts: values.only?.split(','),
    clients: number(values.clients),
    inFlight: number(values['in-flight']),
    rate: Number(values.rate),
  };
}
