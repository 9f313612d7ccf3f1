/** Which points are measured: the whole matrix, its quick subset, or one point of one's own. */
import { allContenders, type Contender, ours } from './contenders.ts';
import type { Part, Point } from './results.ts';
import type { Tools } from './tools.ts';

export interface Settings {
  readonly quick: boolean;
  readonly rounds: number;
  /** Seconds of each measurement, after the warm-up. */
  readonly seconds: number;
  readonly warmUp: number;
  /** Undefined for all. */
  readonly parts: readonly string[] | undefined;
  /** A load of one's own in place of the matrix. */
  readonly clients: number | undefined;
  readonly inFlight: number | undefined;
  /** Messages a second in the open loop. */
  readonly rate: number;
}

export interface Task {
  readonly point: Point;
  readonly contender: Contender;
}

const FULL = {
  loads: [1, 50, 500].flatMap(clients => [1, 16].map(inFlight => ({ clients, inFlight }))),
  idle: [0, 1000, 4000, 9000],
  memory: [0, 50, 250, 1000, 9000],
};

const QUICK = {
  loads: [
    { clients: 1, inFlight: 1 },
    { clients: 50, inFlight: 1 },
    { clients: 50, inFlight: 16 },
  ],
  idle: [0, 1000],
  memory: [0, 50],
};

/** Threads held for the memory part: enough to see the slope. */
const MOST_THREADS = 250;

/** The node process and the thread that everything else is compared with. */
const BARE = {
  node: { name: 'node -e 0', conversation: 'calculator', command: [], most: 0 },
  worker: { name: 'bare worker', conversation: 'calculator', command: [], most: MOST_THREADS },
} as const;

export function planTasks(settings: Settings, tools: Tools): Task[] {
  const everybody = allContenders(tools);
  const calculators = everybody.filter(({ conversation }) => conversation === 'calculator');
  const threads = calculators.filter(hasThreads);
  const matrix = settings.quick ? QUICK : FULL;
  const { clients = 50, inFlight = 1 } = settings;
  const own = settings.clients !== undefined || settings.inFlight !== undefined;
  const loads = own ? [{ clients, inFlight }] : matrix.loads;
  const tasks = [
    ...loads.flatMap(load => cross('throughput', everybody, load)),
    ...cross('latency', calculators, { clients, inFlight: 0, rate: settings.rate }),
    ...[1, 16].flatMap(inFlight =>
      ['server3', 'server4'].flatMap(name =>
        [false, true].flatMap(display =>
          cross('display', [ours(name, display)], { clients: 50, inFlight, display }),
        ),
      ),
    ),
    ...matrix.idle.flatMap(idle =>
      cross('idle', servingThousands(everybody).filter(isEchoOrOurs), {
        clients: 50,
        inFlight: 1,
        idle,
      }),
    ),
    ...cross('first', calculators, { clients: 1 }),
    ...matrix.memory.flatMap(idle =>
      cross('memory', [...servingThousands(everybody), ...threads, BARE.worker], { idle }),
    ),
    ...cross('start', [BARE.node, ...everybody.filter(isNode)], {}),
    ...cross('bulk', [ours('server3')], { clients: 1 }),
  ];
  const parts = settings.parts ?? (own ? ['throughput'] : undefined);
  return tasks.filter(
    ({ point, contender }) =>
      (parts?.includes(point.part) ?? true) &&
      (point.part === 'start' || Math.max(point.clients, point.idle) <= limitOf(point, contender)),
  );
}

/** A thread each costs megabytes: for the slope of memory, a part of them is enough. */
function limitOf({ part }: Point, contender: Contender): number {
  return part === 'memory' && hasThreads(contender) ? MOST_THREADS : contender.most;
}

function hasThreads({ name }: Contender): boolean {
  return name === 'server2' || name === 'Python threads';
}

/** How silent clients weigh is the same in both conversations. */
function isEchoOrOurs({ name, conversation }: Contender): boolean {
  return conversation === 'echo' || name.startsWith('server');
}

function servingThousands(contenders: readonly Contender[]): Contender[] {
  return contenders.filter(({ most }) => most >= 9000);
}

function isNode({ name }: Contender): boolean {
  return name.startsWith('server') || name === 'node:net';
}

function cross(part: Part, contenders: readonly Contender[], like: Partial<Point>): Task[] {
  return contenders.map(contender => ({
    contender,
    point: {
      part,
      contender: contender.name,
      conversation: contender.conversation,
      clients: 0,
      inFlight: 0,
      idle: 0,
      rate: 0,
      display: false,
      ...like,
    },
  }));
}
