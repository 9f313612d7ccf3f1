/** What a seed decides: which server, which clients, and what goes wrong. */
import type { FileType } from '../../src/sockets/process-calls.ts';
import type { Random } from '../support/random.ts';
import type { KernelOptions } from './kernel.ts';

export interface Scenario {
  readonly server: 'server1' | 'server3' | 'server4';
  readonly clients: number;
  /** Of clients at a time; undefined for the server's own limit. */
  readonly maxClients: number | undefined;
  /** Milliseconds in which the clients come. */
  readonly spread: number;
  readonly latency: number;
  readonly buffers: { readonly receive: number; readonly send: number; readonly client: number };
  readonly kernel: KernelOptions;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly untilEof: boolean;
  /** Seconds, as for --idle-timeout; undefined for none. */
  readonly idleTimeout: number | undefined;
  readonly log: { readonly type: FileType; readonly capacity: number; readonly reader: LogReader };
  /** How often a summary is requested (SIGUSR2). */
  readonly summaries: number;
  /** When it is told to stop; undefined for some time after the last client. */
  readonly stopAt: number | undefined;
}

export type LogReader = 'prompt' | 'slow' | 'stops' | 'leaves' | 'leaves and comes back';

export function scenarioOf(random: Random): Scenario {
  const server = random.pick([
    'server1',
    'server3',
    'server3',
    'server3',
    'server4',
    'server4',
  ] as const);
  const clients = clientsOf(random, server);
  const isCrowd = clients > 200;
  const trouble = random.pick(['none', 'none', 'faults', 'faults', 'failures'] as const);
  return {
    server,
    clients,
    maxClients:
      server !== 'server1' && random.below(4) === 0 ? 1 + random.below(clients) : undefined,
    spread: random.pick([0, 20, 300, 3000]),
    latency: random.pick([0.01, 0.05, 1]),
    buffers: {
      receive: random.pick(isCrowd ? [65_536] : [128, 4096, 65_536, 200_000]),
      send: random.pick(isCrowd ? [65_536] : [512, 4096, 65_536, 200_000]),
      client: random.pick(isCrowd ? [65_536] : [80, 4096, 65_536]),
    },
    kernel: {
      firstDescriptor: firstDescriptorOf(random),
      mostDescriptors: !isCrowd && random.below(10) === 0 ? 3 + random.below(clients) : 1_000_000,
      callMs: random.pick(isCrowd ? [0.001] : [0.001, 0.005, 0.02]),
      faults: trouble === 'none' ? 0 : random.pick([2, 20, 100]),
      failures: trouble === 'failures' ? random.pick([1, 10]) : 0,
      stalls: random.below(8) === 0 ? 1 : 0,
      failsToStart: random.below(50) === 0,
    },
    quiet: random.below(2) === 0,
    json: random.below(3) === 0,
    untilEof: random.below(5) === 0,
    idleTimeout: random.below(6) === 0 ? 1 + random.below(3) : undefined,
    log: {
      type: random.pick(['file', 'pipe', 'character device', 'socket'] as const),
      capacity: random.pick([4096, 65_536]),
      reader: random.pick([
        'prompt',
        'prompt',
        'slow',
        'stops',
        'leaves',
        'leaves and comes back',
      ] as const),
    },
    summaries: random.below(3) === 0 ? random.below(isCrowd ? 100 : 6) : 0,
    stopAt: random.below(4) === 0 ? random.below(1500) : undefined,
  };
}

function clientsOf(random: Random, server: string): number {
  if (server === 'server1') return 1 + random.below(12);
  const size = random.below(2000);
  if (size === 0) return 300 + random.below(2500);
  return size < 100 ? 20 + random.below(280) : 1 + random.below(20);
}

/** Numbers on both sides of where something might change: a look at many, C's limit, 16 bits. */
function firstDescriptorOf(random: Random): number {
  const border = random.pick([0, 0, 0, 256, 1024, 65_536]);
  return border === 0 ? 6 : border - random.below(30);
}
