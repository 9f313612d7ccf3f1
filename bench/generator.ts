/** Runs the load generator: the C one where it could be built, otherwise the TypeScript one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Conversation } from './contenders.ts';
import { BUILT, PROJECT } from './paths.ts';
import type { Tools } from './tools.ts';
import { writeScript } from './workload.ts';

/** Above this share of a core the generator may be what was measured. */
export const GENERATOR_BUSY = 0.95;

export interface Load {
  readonly clients: number;
  readonly inFlight: number;
  readonly warmUp: number;
  readonly seconds: number;
  /** Messages a second over all clients, whether or not the server keeps up; 0 for a closed loop. */
  readonly rate: number;
  /** Connections beside them that say nothing. */
  readonly idle: number;
}

/** What the generator prints; latencies in microseconds. */
export interface Measured {
  readonly perSecond: number;
  /** The generator's own share of a core. */
  readonly cpu: number;
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p99' | 'p999' | 'max', number>>;
}

export class Generator {
  readonly language: 'C' | 'TypeScript';
  readonly #command: readonly string[];
  readonly #scripts: Readonly<Record<Conversation, string>>;

  constructor(tools: Tools) {
    this.language = tools.cc ? 'C' : 'TypeScript';
    this.#command = tools.cc
      ? [`${BUILT}/load`]
      : [execPath, '--import', 'tsx', 'bench/generator/load.ts'];
    this.#scripts = { echo: writeScript('echo'), calculator: writeScript('calculator') };
  }

  talk(port: number, conversation: Conversation, load: Load): Promise<Measured> {
    const { clients, inFlight, warmUp, seconds, rate, idle } = load;
    return this.#run(port, conversation, [clients, inFlight, warmUp, seconds, rate, idle]);
  }

  /** From connect to the first reply, of `count` clients with a pause before each. */
  firstReplies(
    port: number,
    conversation: Conversation,
    count: number,
    gapMs: number,
  ): Promise<Measured> {
    return this.#run(port, conversation, ['first', count, gapMs]);
  }

  /** Holds clients that were answered once, for as long as `work` takes. */
  async hold<T>(
    port: number,
    conversation: Conversation,
    clients: number,
    work: () => T | Promise<T>,
  ): Promise<T> {
    const child = this.#start(port, conversation, ['hold', clients]);
    const [line] = await Promise.race([
      once(createInterface(child.stdout as NodeJS.ReadableStream), 'line'),
      once(child, 'exit'),
    ]);
    if (typeof line !== 'string') throw new Error(`cannot hold ${clients} clients`);
    try {
      return await work();
    } finally {
      child.stdin?.end();
      await once(child, 'exit');
    }
  }

  async #run(
    port: number,
    conversation: Conversation,
    words: readonly (string | number)[],
  ): Promise<Measured> {
    const child = this.#start(port, conversation, words);
    const printed = await text(child.stdout as NodeJS.ReadableStream);
    if (printed === '') throw new Error('the load generator failed');
    return JSON.parse(printed) as Measured;
  }

  #start(
    port: number,
    conversation: Conversation,
    words: readonly (string | number)[],
  ): ChildProcess {
    const [program, ...first] = this.#command as [string, ...string[]];
    const rest = [port, this.#scripts[conversation], ...words].map(String);
    return spawn(program, [...first, ...rest], {
      cwd: PROJECT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }
}
