/**
 * A server of calcd in the process of the test, so that its system calls can be made to fail. It
 * answers real clients, but its time passes SPEED times as fast as ours, and what it prints is kept.
 */

import type { TestContext } from 'node:test';
import type { ServerOptions } from '../../src/serving/server.ts';
import { EINTR } from '../../src/sockets/constants.ts';
import { interpose, type SystemCalls } from '../../src/sockets/system-calls.ts';
import { eventually } from './deadline.ts';
import { Peer } from './peer.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const;

export const SPEED = 50;

/** The server gives Node a tick at least as often: our own deadlines are Node's timers. */
const LONGEST_WAIT_MS = 20;

type Server = (options: ServerOptions) => Promise<void>;

export class InProcessServer {
  /** What it has printed. */
  log = '';
  /** How long it slept instead of waiting in select. */
  readonly sleeps: number[] = [];
  /** Resolves when it has stopped, rejects when it has failed. */
  readonly end: Promise<void>;
  readonly #test: TestContext;
  /** What it does on each of SIGNALS. */
  readonly #signals: NodeJS.SignalsListener[][];

  /** @param replace what changes in its system calls, as for `interpose`. */
  constructor(
    test: TestContext,
    server: Server,
    replace: (calls: SystemCalls, running: InProcessServer) => Partial<SystemCalls>,
    options: Partial<ServerOptions> = {},
  ) {
    this.#test = test;
    const restore = [
      interpose(calls => this.#surroundings(calls)),
      interpose(calls => replace(calls, this)),
    ];
    const listeners = SIGNALS.map(name => process.listeners(name));
    this.end = server({
      address: { host: '127.0.0.1', port: 0 },
      log: { quiet: false, format: 'text', timestamps: false, colour: 'never' },
      untilEof: false,
      ...options,
    });
    this.#signals = SIGNALS.map((name, index) =>
      process.listeners(name).filter(listener => !listeners[index]?.includes(listener)),
    );
    test.after(async () => {
      this.#signal('SIGTERM');
      await this.end.catch(() => {});
      for (const putBack of restore.reverse()) putBack();
      for (const [index, added] of this.#signals.entries()) {
        for (const listener of added) process.off(SIGNALS[index] as NodeJS.Signals, listener);
      }
    });
  }

  /** Lines of its log that match. */
  lines(pattern: RegExp): string[] {
    return this.log.split('\n').filter(line => pattern.test(line));
  }

  async connect(): Promise<Peer> {
    const listening = /listening on .*:(\d+)/;
    await eventually(() => listening.test(this.log), 'the server to listen');
    return Peer.connect(this.#test, Number(listening.exec(this.log)?.[1]));
  }

  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    await this.end;
  }

  #signal(name: (typeof SIGNALS)[number]): void {
    for (const listener of this.#signals[SIGNALS.indexOf(name)] ?? []) listener(name);
  }

  #surroundings(calls: SystemCalls): Partial<SystemCalls> {
    return {
      now: () => calls.now() * SPEED,
      sleep: ms => void this.sleeps.push(ms),
      select: (nfds, read, write, timeout) => {
        const wait = Math.min(timeout / SPEED, LONGEST_WAIT_MS);
        return calls.select(nfds, read, write, wait) || (wait > 0 ? -EINTR : 0);
      },
      fileType: () => 'file',
      write: (_fd, bytes, length) => {
        this.log += String(Buffer.from(bytes.subarray(0, length)));
        return length;
      },
    };
  }
}
