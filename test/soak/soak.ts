/**
 * Well-behaved and hostile clients, coming and going for minutes on every server at once: no reply
 * may be wrong or lost, and memory, descriptors and threads must be as flat at the end as they were
 * at the beginning.
 *
 *   MINUTES=10 npm run test:soak     SEED=n repeats a run
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, startServer } from '../support/calcd.ts';
import { fuzz } from '../support/fuzz.ts';
import { beHostile } from '../support/hostile.ts';
import { Random } from '../support/random.ts';

const MINUTES = Number(process.env.MINUTES ?? 10);
const SAMPLE_MS = 1000;

/**
 * How much more may be in use in the last third than in the first. V8 lets its young generation grow
 * to 48 MiB by and by, while what lives in it stays at 5. Memory of server2 grows by
 * up to 64 KB for each of the first 1,000 clients, until threads are used again (limits.ts).
 */
const SLACK = { residentMiB: 32, descriptors: 4, threads: 4 };
const THREAD_SLACK = { ...SLACK, residentMiB: 90 };

/**
 * Hostile clients of server1 take turns with the others, for it serves one at a time. Those of
 * server2 rest in between: every client costs it a thread, and some twenty a second can be started.
 */
const SERVERS = [
  { name: 'server1', echoes: false, clients: 1, hostile: 0, restMs: 0 },
  { name: 'server2', echoes: false, clients: 1, hostile: 1, restMs: 300 },
  { name: 'server3', echoes: false, clients: 2, hostile: 2, restMs: 0 },
  { name: 'server4', echoes: true, clients: 2, hostile: 2, restMs: 0 },
];

type Sample = Record<keyof typeof SLACK, number>;

const seed = Random.seed();

describe(`${MINUTES} minutes, SEED=${seed}`, { concurrency: true }, () => {
  for (const { name, echoes, clients, hostile, restMs } of SERVERS) {
    it(name, async t => {
      const server = await startServer(t, name, ['--quiet']);
      server.process.stdout?.resume();
      const until = Date.now() + MINUTES * 60_000;
      const samples: Sample[] = [];
      const totals = { messages: 0, sessions: 0, hostilities: 0 };
      const behave = async (client: number): Promise<void> => {
        for (let run = 0; Date.now() < until; run++) {
          const options = { port: server.port, echoes, sessions: 20, clients: 1 };
          const messages = await fuzz({ ...options, seed: seed + client * 1e6 + run * 20 });
          totals.messages += messages;
          totals.sessions += 20;
          if (hostile === 0) await beHostile(server.port, new Random(seed + run));
        }
      };
      const misbehave = async (client: number): Promise<void> => {
        const random = new Random(seed + client);
        for (; Date.now() < until; totals.hostilities++) {
          await beHostile(server.port, random);
          await sleep(restMs);
        }
      };
      await Promise.all([
        ...Array.from({ length: clients }, (_, client) => behave(client)),
        ...Array.from({ length: hostile }, (_, client) => misbehave(client)),
        sample(server, until, samples),
      ]);
      report(t, samples, totals, name === 'server2' ? THREAD_SLACK : SLACK);
    });
  }
});

async function sample(server: Server, until: number, samples: Sample[]): Promise<void> {
  while (Date.now() < until) {
    const { residentMiB, descriptors, threads } = server;
    samples.push({ residentMiB, descriptors, threads });
    await sleep(SAMPLE_MS);
  }
}

function report(
  t: TestContext,
  samples: Sample[],
  totals: Record<string, number>,
  slacks: Sample,
): void {
  t.diagnostic(JSON.stringify(totals));
  const third = Math.floor(samples.length / 3);
  for (const [what, slack] of Object.entries(slacks) as [keyof Sample, number][]) {
    const first = median(samples.slice(0, third).map(sample => sample[what]));
    const last = median(samples.slice(-third).map(sample => sample[what]));
    t.diagnostic(`${what}: ${first.toFixed(0)} in the first third, ${last.toFixed(0)} in the last`);
    assert.ok(last - first <= slack, `${what} grew from ${first} to ${last}`);
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
