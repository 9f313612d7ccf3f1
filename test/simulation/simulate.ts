/**
 * One run of a server against the simulated kernel. The seed decides all of it (scenario.ts). What
 * must always hold is looked at after each tick and at the end; what does not hold is a Violation.
 */

import { server1 } from '../../src/server1.ts';
import { server3 } from '../../src/server3.ts';
import { server4 } from '../../src/server4.ts';
import {
  KEEPALIVE_COUNT,
  KEEPALIVE_IDLE_S,
  KEEPALIVE_INTERVAL_S,
} from '../../src/serving/limits.ts';
import type { ServerOptions } from '../../src/serving/server.ts';
import { IPPROTO_TCP, SOL_SOCKET } from '../../src/sockets/constants.ts';
import { interpose } from '../../src/sockets/system-calls.ts';
import { Random } from '../support/random.ts';
import { BUSY, Client, type RunOfClients } from './client.ts';
import { Connection } from './connection.ts';
import { Kernel, Violation } from './kernel.ts';
import { LogPipe } from './log-pipe.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { SCRIPTS } from './scripts.ts';

const SERVERS = { server1, server3, server4 };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGUSR2'] as const;

/** How long a server may take to stop: its grace, and a little. */
const STOP_MS = 2000 + 200;
/** Refused clients that are waited for at a time; a further one may be closed at once. */
const LINGERING = 16;
/** What the server may hold of an echo client: one receive, and one time slice of replies. */
const HELD_BYTES = 2 * 64 * 1024;
/** Until the system gives up a peer that does not answer: when it stays silent (tcp(7)). */
const KEEPALIVE_MS = 1000 * (KEEPALIVE_IDLE_S + KEEPALIVE_COUNT * KEEPALIVE_INTERVAL_S);
const SO_OOBINLINE = 10;
const TCP_USER_TIMEOUT = 18;

export class FailedSeed extends Error {
  override readonly name = 'FailedSeed';

  constructor(seed: number, scenario: Scenario, history: string, cause: Error) {
    const where = cause instanceof Violation ? '' : `\n${cause.stack}`;
    super(
      `SEED=${seed}: ${cause.message}${where}\n${JSON.stringify(scenario)}\nThe end of its history:\n${history}`,
      { cause },
    );
  }
}

/** @throws FailedSeed when something does not hold. */
export async function simulate(seed: number): Promise<void> {
  const random = new Random(seed);
  const scenario = scenarioOf(random);
  const run = new Run(scenario, random);
  try {
    await run.toItsEnd();
  } catch (error) {
    throw new FailedSeed(seed, scenario, String(run.kernel.history), error as Error);
  }
}

class Run {
  readonly kernel: Kernel;
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #clients: Client[] = [];
  readonly #log: LogPipe;
  #atWork = 0;
  #connections = 0;
  #stopRequested = false;
  #stoppedAt = Number.POSITIVE_INFINITY;
  #delayAtStop = 0;
  #refusals = new Set<Connection>();
  readonly #served = new Set<Connection>();

  constructor(scenario: Scenario, random: Random) {
    this.#scenario = scenario;
    this.#random = random;
    this.#log = new LogPipe(scenario.log.type, scenario.log.capacity);
    this.kernel = new Kernel(random, scenario.kernel, this.#log);
    this.kernel.onTick = () => this.#checkTick();
    this.kernel.onClose = connection => {
      this.#refusals.delete(connection);
      this.#served.delete(connection);
    };
    this.kernel.onAccept = connection => this.#served.add(connection);
    this.kernel.onFirstSend = (connection, bytes) => {
      if (bytes.startsWith(BUSY)) this.#checkRefusal(connection);
    };
    this.#planClients();
    this.#planSignals();
    this.#planLogReader();
  }

  async toItsEnd(): Promise<void> {
    const { server, quiet, json, untilEof, idleTimeout, maxClients, kernel } = this.#scenario;
    const options: ServerOptions = {
      address: { host: '127.0.0.1', port: 5000 },
      log: { quiet, format: json ? 'json' : 'text', timestamps: false, colour: 'never' },
      untilEof,
      idleTimeout,
      maxClients,
    };
    const restore = interpose(() => this.kernel.calls);
    const others = SIGNALS.map(name => process.listeners(name));
    try {
      await SERVERS[server](options);
    } catch (error) {
      if (!(kernel.failsToStart && (error as Error).name === 'CannotListen')) throw error;
      if (this.kernel.openDescriptors > 0)
        throw new Violation(`left open: ${this.kernel.describeOpen()}`);
      return;
    } finally {
      restore();
      for (const [index, name] of SIGNALS.entries()) {
        for (const listener of process.listeners(name)) {
          if (!others[index]?.includes(listener)) process.off(name, listener);
        }
      }
    }
    this.kernel.settles();
    this.#checkEnd();
  }

  // What happens.

  #planClients(): void {
    const kinds = Object.keys(SCRIPTS);
    // Some runs are of one or two kinds, so that each kind meets itself in a crowd.
    const chosen =
      this.#random.below(3) === 0 ? [this.#random.pick(kinds), this.#random.pick(kinds)] : kinds;
    const run: RunOfClients = {
      now: () => this.kernel.now,
      after: (milliseconds, action) => this.kernel.after(milliseconds, action),
      connect: client => this.#connect(client),
      echoes: this.#scenario.server === 'server4',
      isStopping: () => this.#stopRequested,
      idleTimeoutMs: 1000 * (this.#scenario.idleTimeout ?? Number.POSITIVE_INFINITY),
      delay: () => this.kernel.stalled + 150 * this.kernel.failures,
      finished: () => this.#finished(),
    };
    for (let index = 0; index < this.#scenario.clients; index++) {
      const kind = this.#random.pick(chosen);
      const script = SCRIPTS[kind] as (typeof SCRIPTS)[string];
      const client = new Client(`${kind} client ${index}`, run, script, this.#random);
      this.#clients.push(client);
      this.kernel.after(this.#random.below(this.#scenario.spread + 1), () => client.start());
    }
    this.#atWork = this.#scenario.clients;
  }

  #planSignals(): void {
    const { summaries, stopAt } = this.#scenario;
    for (let count = 0; count < summaries; count++) {
      this.kernel.after(this.#random.below(1000), () => this.kernel.signal('SIGUSR2'));
    }
    if (stopAt !== undefined) this.kernel.after(stopAt, () => this.#stop());
  }

  #planLogReader(): void {
    const { reader } = this.#scenario.log;
    const log = this.#log;
    if (reader === 'prompt') return;
    if (reader === 'slow') {
      log.reads(false);
      const read = (): void => {
        log.readsSome(1 + this.#random.below(8192));
        if (!this.#stopRequested) this.kernel.after(this.#random.below(200), read);
      };
      read();
      return;
    }
    this.kernel.after(this.#random.below(500), () => {
      if (reader === 'stops') log.reads(false);
      else log.isBroken = true;
      if (reader === 'leaves') return;
      this.kernel.after(this.#random.below(3000), () => {
        log.reads(true);
        log.isBroken = false;
      });
    });
  }

  #connect(client: Client): Connection | 'full' | undefined {
    const { latency, buffers } = this.#scenario;
    const connection = new Connection(
      {
        after: (ms, action) => this.kernel.after(ms, action),
        ticks: () => this.kernel.ticks,
      },
      {
        latency,
        receiveBuffer: buffers.receive,
        sendBuffer: buffers.send,
        clientBuffer: buffers.client,
        oobInline: this.kernel.option(`${SOL_SOCKET}:${SO_OOBINLINE}`) !== 0,
        keepAlive: KEEPALIVE_MS,
        userTimeout: this.kernel.option(`${IPPROTO_TCP}:${TCP_USER_TIMEOUT}`),
      },
      client,
    );
    const port = 10_000 + (this.#connections++ % 50_000);
    const queued = this.kernel.enqueue(connection, { host: '127.0.0.1', port });
    if (queued === 'queued') return connection;
    return queued === 'refused' && this.#stopRequested ? undefined : 'full';
  }

  #finished(): void {
    if (--this.#atWork > 0 || this.#scenario.stopAt !== undefined) return;
    this.kernel.after(this.#random.pick([0, 5, 3000]), () => this.#stop());
  }

  #stop(): void {
    if (this.#stopRequested) return;
    this.#stopRequested = true;
    this.#stoppedAt = this.kernel.now;
    this.#delayAtStop = this.kernel.stalled;
    for (const client of this.#clients) client.noteStop();
    if (this.#scenario.untilEof && this.#random.below(2) === 0) this.kernel.stdinHasEnded = true;
    else this.kernel.signal(this.#random.pick(['SIGINT', 'SIGTERM']));
  }

  // What must hold.

  #checkTick(): void {
    if (this.#scenario.server === 'server4') {
      for (const connection of this.#served) {
        const held = connection.received - connection.sent;
        if (held > HELD_BYTES) throw new Violation(`${held} bytes of one client are held`);
      }
    }
    const delay = this.kernel.stalled - this.#delayAtStop + 150 * this.kernel.failures;
    if (this.kernel.now > this.#stoppedAt + STOP_MS + delay) {
      throw new Violation('the server did not stop within its grace');
    }
  }

  /** No client is refused while there is room, nor for one that has left and could be seen to. */
  #checkRefusal(connection: Connection): void {
    this.#served.delete(connection);
    this.#refusals.add(connection);
    if (this.#refusals.size > LINGERING) connection.lossReason = 'too many refused clients wait';
    const limit =
      this.#scenario.server === 'server1' ? 1 : (this.#scenario.maxClients ?? this.#usualLimit);
    const present = [...this.#served].filter(served => !served.hasBeenGoneFor(this.kernel.ticks));
    if (present.length < limit) {
      throw new Violation(
        `a client is refused though there are only ${present.length} of ${limit}`,
      );
    }
  }

  get #usualLimit(): number {
    return Math.min(10_000, this.#scenario.kernel.mostDescriptors);
  }

  #checkEnd(): void {
    const { kernel } = this;
    if (!this.#stopRequested) throw new Violation('the server stopped though it was not told to');
    if (this.#delayAtStop === kernel.stalled && kernel.failures === 0) {
      for (const client of this.#clients) client.checkEnd();
    }
    const ofTheLog = 1;
    if (kernel.openDescriptors > ofTheLog)
      throw new Violation(`left open: ${kernel.describeOpen()}`);
    this.#checkLog();
  }

  /** Whole lines, and, where none can have been lost, one for each client that came and went. */
  #checkLog(): void {
    const { log, json } = this.#scenario;
    const { text } = this.#log;
    const mayBeCut = this.kernel.failures > 0 || log.reader !== 'prompt';
    const lines = text.split('\n');
    const rest = lines.pop();
    if (mayBeCut) return;
    if (rest !== '') throw new Violation(`the log ends within a line: ${JSON.stringify(rest)}`);
    const count = (event: string, pattern: RegExp): number =>
      lines.filter(line => (json ? JSON.parse(line).event === event : pattern.test(line))).length;
    const connected = count('connected', /^Connected with client/);
    const disconnected = count('disconnected', /^Client socket \d+ disconnected: /);
    if (connected !== disconnected) {
      throw new Violation(`the log has ${connected} clients that came, ${disconnected} that went`);
    }
    if (count('stopped', /^Server stopped$/) !== 1) throw new Violation('the log has no last line');
  }
}
