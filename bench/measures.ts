/** How each part is measured: one task, one sample. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { execPath } from 'node:process';
import { bulkRun } from './bulk.ts';
import type { Contender } from './contenders.ts';
import type { Generator, Measured } from './generator.ts';
import { PROJECT } from './paths.ts';
import type { Settings, Task } from './plan.ts';
import type { Part, Sample } from './results.ts';
import { RunningServer, residentKiB } from './running-server.ts';

/** Newcomers of the part "first", and the pause before each: server2 has a new thread by then. */
const NEWCOMERS = 15;
const NEWCOMER_GAP_MS = 300;

/** Starts of one sample of the part "start"; their median counts. */
const STARTS = 5;

type Measure = (task: Task, generator: Generator, settings: Settings) => Promise<Sample>;

export const MEASURES: Readonly<Record<Part, Measure>> = {
  throughput: talk,
  latency: talk,
  display: talk,
  idle: talk,
  first: ({ contender }, generator) =>
    withServer(contender, async ({ port }) =>
      flat(await generator.firstReplies(port, contender.conversation, NEWCOMERS, NEWCOMER_GAP_MS)),
    ),
  memory: ({ contender, point }, generator) =>
    contender.name === 'bare worker'
      ? bareWorkers(point.idle)
      : withServer(contender, async ({ port, pid }) => {
          const rss = () => ({ KiB: residentKiB(pid) ?? Number.NaN });
          if (point.idle === 0) return rss();
          return generator.hold(port, contender.conversation, point.idle, rss);
        }),
  start: ({ contender }) => startTimes(contender),
  bulk: ({ contender }, _, { quick }) => bulkRun(contender, quick ? 200_000 : 1_000_000),
};

function talk({ contender, point }: Task, generator: Generator, settings: Settings) {
  const load = { ...point, warmUp: settings.warmUp, seconds: settings.seconds };
  return withServer(contender, async ({ port }) =>
    flat(await generator.talk(port, contender.conversation, load)),
  );
}

async function withServer(
  contender: Contender,
  work: (server: RunningServer) => Promise<Sample>,
): Promise<Sample> {
  const server = await RunningServer.start(contender);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

function flat({ perSecond, cpu, latency }: Measured): Sample {
  return { perSecond, cpu, ...latency };
}

/** From spawn to the line that says it listens, or, for a node that does nothing, to its exit. */
async function startTimes({ command }: Contender): Promise<Sample> {
  const times: number[] = [];
  for (let count = 0; count < STARTS; count++) {
    const [program, ...words] = command.length > 0 ? command : [execPath, '-e', '0'];
    const from = performance.now();
    const child = spawn(program as string, words, {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await (command.length > 0 ? once(child.stdout, 'data') : exited);
    times.push(performance.now() - from);
    child.kill('SIGKILL');
    await exited;
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(STARTS / 2)] as number };
}

/** The memory of a process with a number of worker threads that only wait. */
async function bareWorkers(count: number): Promise<Sample> {
  const code = `
    const { Worker } = require('node:worker_threads');
    const wait = 'require("node:worker_threads").parentPort.once("message", () => {}).postMessage(0)';
    const start = () => new Promise(ready => new Worker(wait, { eval: true }).once('message', ready));
    (async () => {
      for (let count = 0; count < ${count}; count++) await start();
      console.log('ready');
    })()`;
  const child = spawn(execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const KiB = residentKiB(child.pid as number) ?? Number.NaN;
  child.kill('SIGKILL');
  await exited;
  return { KiB };
}
