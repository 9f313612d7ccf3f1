/**
 * Well-behaved and hostile clients, coming and going for minutes on every server at once: no reply
 * may be wrong or lost, and memory, descriptors and threads must be as flat at the end as they were
 * at the beginning. Each server has descriptors on both sides of 256 or 1,024 in use.
 *
 *   MINUTES=60 npm run test:soak     SEED=n repeats a run
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Server, startServer } from '../support/calcd.ts';
import { crowded } from '../support/descriptors.ts';
import { fuzz } from '../support/fuzz.ts';
import { beHostile } from '../support/hostile.ts';
import { Peer } from '../support/peer.ts';
import { Random } from '../support/random.ts';
import { Scope } from '../support/scope.ts';
import { Samples, type Slack } from './samples.ts';

const MINUTES = Number(process.env.MINUTES ?? 10);
const MINUTE_MS = 60_000;
const TENTHS = 10;

/** A thousand samples, however long it takes: the soak itself must not grow. */
const SAMPLE_MS = Math.max(1000, (MINUTES * MINUTE_MS) / 1000);
const SIGNAL_MS = 5000;

/** Longest pause of a client that stays: most are silent at any moment, and no two at a time of their own. */
const LONGEST_PAUSE_MS = 2000;

/**
 * How much more may be in use in the last tenth than in the third. V8 lets its young generation grow
 * to 48 MiB by and by, while what lives in it stays at 5. The number of descriptors and threads is
 * a median of moments in which hostile clients come and go, a handful at a time.
 */
const SLACK: Slack = { residentMiB: 32, descriptors: 6, threads: 4 };

/** The FFI keeps up to 64 KB for each of the 1,000 threads that end before threads are used again (limits.ts). */
const THREAD_SLACK: Slack = { residentMiB: 32 + 64, descriptors: 24, threads: 4 };

interface Soaked {
  readonly name: string;
  readonly echoes: boolean;
  /** Clients that send random messages, one session after the other. */
  readonly clients: number;
  readonly hostile: number;
  /** Clients that stay to the end and ask at times of their own. */
  readonly staying: number;
  /** Between two hostile clients. */
  readonly restMs: number;
  /** The number around which clients have theirs. */
  readonly around: number;
  readonly slack: Slack;
}

/**
 * Hostile clients of server1 take turns with the others, for it serves one at a time. Those of
 * server2 rest in between: every client costs it a thread, and some twenty a second can be started.
 */
const SERVERS: readonly Soaked[] = [
  {
    name: 'server1',
    echoes: false,
    clients: 1,
    hostile: 0,
    staying: 0,
    restMs: 0,
    around: 256,
    slack: SLACK,
  },
  {
    name: 'server2',
    echoes: false,
    clients: 1,
    hostile: 1,
    staying: 4,
    restMs: 300,
    around: 256,
    slack: THREAD_SLACK,
  },
  {
    name: 'server3',
    echoes: false,
    clients: 2,
    hostile: 2,
    staying: 60,
    restMs: 0,
    around: 256,
    slack: SLACK,
  },
  {
    name: 'server4',
    echoes: true,
    clients: 2,
    hostile: 2,
    staying: 60,
    restMs: 0,
    around: 1024,
    slack: SLACK,
  },
];

const SESSIONS = 20;

const seed = Random.seed();
const until = Date.now() + MINUTES * MINUTE_MS;
const scope = new Scope();

class Soak {
  readonly what: Soaked;
  readonly samples = new Samples(TENTHS);
  messages = 0;
  hostilities = 0;
  /** What was wrong or lost; the first few in words. */
  wrong = 0;
  readonly complaints: string[] = [];
  readonly #server: Server;

  constructor(what: Soaked, server: Server) {
    this.what = what;
    this.#server = server;
  }

  async run(): Promise<void> {
    const { clients, hostile, staying } = this.what;
    const times = (count: number, work: (index: number) => Promise<void>): Promise<void>[] =>
      Array.from({ length: count }, (_, index) => work(index));
    await Promise.all([
      ...times(staying, client => this.#stay(new Random(seed + client))),
      ...times(clients, client => this.#behave(client)),
      ...times(hostile, client => this.#misbehave(new Random(seed + client))),
      this.#sample(),
      this.#signal(),
    ]);
  }

  /** Rejects when the server ends, and says how. */
  async endsEarly(): Promise<never> {
    const [code, signal] = await once(this.#server.process, 'exit');
    const complaint = await this.#server.stderr.rest();
    throw new Error(`${this.what.name} ended: ${code ?? signal}\n${complaint}`);
  }

  /** As far as it has come, in one line. */
  status(): string {
    const { residentMiB, descriptors, threads } = this.#server;
    return [
      this.what.name,
      `${this.messages} messages`,
      `${this.wrong} wrong or lost`,
      `${residentMiB.toFixed(0)} MiB`,
      `${descriptors} descriptors`,
      `${threads} threads`,
    ].join(', ');
  }

  async #behave(client: number): Promise<void> {
    const { echoes, hostile } = this.what;
    for (let run = 0; Date.now() < until; run++) {
      const options = { port: this.#server.port, echoes, sessions: SESSIONS, clients: 1 };
      await this.#noteFailure(async () => {
        const sent = await fuzz({ ...options, seed: seed + client * 1e6 + run * SESSIONS });
        this.messages += sent;
      });
      if (hostile === 0) await this.#beHostile(new Random(seed + run));
    }
  }

  async #misbehave(random: Random): Promise<void> {
    while (Date.now() < until) {
      await this.#beHostile(random);
      await delay(this.what.restMs);
    }
  }

  async #beHostile(random: Random): Promise<void> {
    await beHostile(this.#server.port, random);
    this.hostilities++;
  }

  /** Bare text where messages may end at a pause, lines for the echo. */
  async #stay(random: Random): Promise<void> {
    await this.#noteFailure(async () => {
      const peer = await Peer.connect(scope, this.#server.port);
      while (Date.now() < until) {
        await delay(random.below(LONGEST_PAUSE_MS));
        const [left, right] = [random.below(1000), random.below(1000)];
        const sum = `${left} + ${right}`;
        const expected = this.what.echoes ? sum : String(left + right);
        const reply = await peer.send(this.what.echoes ? `${sum}\n` : sum).received.line();
        if (reply !== expected) throw new Error(`${sum} was answered ${JSON.stringify(reply)}`);
        this.messages++;
      }
      await peer.close();
    });
  }

  /** With signals in between, which interrupt whatever the server waits in. */
  async #signal(): Promise<void> {
    while (Date.now() < until) {
      this.#server.signal('SIGUSR2').signal('SIGWINCH');
      await delay(SIGNAL_MS);
    }
  }

  async #sample(): Promise<void> {
    const start = Date.now();
    while (Date.now() < until) {
      const { residentMiB, descriptors, threads } = this.#server;
      const share = (Date.now() - start) / (until - start);
      this.samples.add(Math.floor(share * TENTHS), { residentMiB, descriptors, threads });
      await delay(SAMPLE_MS);
    }
  }

  async #noteFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.wrong++;
      if (this.complaints.length < 5) this.complaints.push((error as Error).message);
      // A server that has died fails every session at once.
      await delay(1000);
    }
  }
}

/** How memory of this process itself fares: it holds the clients. */
async function sampleOurselves(samples: Samples): Promise<void> {
  const start = Date.now();
  while (Date.now() < until) {
    const share = (Date.now() - start) / (until - start);
    const residentMiB = process.memoryUsage.rss() / 1024 / 1024;
    samples.add(Math.floor(share * TENTHS), { residentMiB, descriptors: 0, threads: 0 });
    await delay(SAMPLE_MS);
  }
}

async function showProgress(soaks: readonly Soak[]): Promise<void> {
  for (let tenth = 1; tenth < TENTHS; tenth++) {
    await delay((MINUTES * MINUTE_MS) / TENTHS);
    for (const soak of soaks) {
      process.stdout.write(`minute ${((tenth * MINUTES) / TENTHS).toFixed(1)}: ${soak.status()}\n`);
    }
  }
}

process.stdout.write(`${MINUTES} minutes, SEED=${seed}\n`);
const soaks = await Promise.all(
  SERVERS.map(async what => {
    // The one client of server1 comes above, and those it refuses.
    const below = what.staying === 0 ? 0 : 3;
    const { inherited = 0, skip = '' } =
      crowded(below).find(({ around }) => around === what.around) ?? {};
    if (skip) throw new Error(skip);
    const server = await startServer(scope, what.name, ['--quiet'], { inherited });
    server.stdout.discard();
    return new Soak(what, server);
  }),
);
const ourselves = new Samples(TENTHS);
try {
  const all = [...soaks.map(soak => soak.run()), sampleOurselves(ourselves), showProgress(soaks)];
  await Promise.race([Promise.all(all), ...soaks.map(soak => soak.endsEarly())]);
} finally {
  scope.end();
}

let failed = false;
process.stdout.write(
  '\nThe first, the third and the last tenth of the time, medians:\n\n' +
    '| server | messages | hostile clients | wrong or lost | MiB | descriptors | threads |\n' +
    '|---|---|---|---|---|---|---|\n',
);
for (const { what, samples, messages, hostilities, wrong } of soaks) {
  const [memory, descriptors, threads] = samples.overTime();
  process.stdout.write(
    `| ${what.name} | ${messages} | ${hostilities} | ${wrong} | ${memory} | ${descriptors} | ${threads} |\n`,
  );
}
const [clientsMemory] = ourselves.overTime();
process.stdout.write(`| the clients | | | | ${clientsMemory} | | |\n\n`);
for (const { what, samples, complaints, wrong } of soaks) {
  for (const complaint of [...complaints, ...samples.growthBeyond(what.slack)]) {
    process.stdout.write(`${what.name}: ${complaint}\n`);
    failed = true;
  }
  failed ||= wrong > 0;
}
process.exitCode = failed ? 1 : 0;
