/**
 * server2: an operating-system thread for every client.
 *
 * The main thread only takes new clients in; each is handed to a thread of its own
 * (client-thread.ts), which sits in a blocking recv(2) and ends with its client. A thread takes
 * tens of milliseconds to start, so one is kept ready for the next client.
 *
 * Threads share the process's descriptors. So that nobody ever uses a number that has become
 * another client's, the main thread alone closes them, when the thread is gone, however it ended.
 */
import { Worker } from 'node:worker_threads';
import type { Address } from '../sockets/address.ts';
import type { Socket } from '../sockets/socket.ts';
import type { Clients } from './acceptor.ts';
import type { Assignment, Report } from './client-thread.ts';
import type { Display } from './display.ts';
import { STARTS_AT_A_TIME, THREAD_HEAP_MB, threadClientLimit } from './limits.ts';
import type { SelectLoop } from './select-loop.ts';
import { runServer, type ServerOptions } from './server.ts';

export function server2(options: ServerOptions): Promise<void> {
  return runServer(
    options,
    options.maxClients ?? threadClientLimit(),
    (loop, display) => new Threads(loop, display, options.quiet),
  );
}

class Threads implements Clients {
  readonly #loop: SelectLoop;
  readonly #display: Display;
  readonly #quiet: boolean;
  /** Clients whose thread is not ready yet, first come first. */
  readonly #waiting: Socket[] = [];
  readonly #served = new Map<Worker, Socket>();
  readonly #starting = new Set<Worker>();
  readonly #ready = new Set<Worker>();
  #stopping = false;

  constructor(loop: SelectLoop, display: Display, quiet: boolean) {
    this.#loop = loop;
    this.#display = display;
    this.#quiet = quiet;
    this.#supply();
  }

  get size(): number {
    return this.#waiting.length + this.#served.size;
  }

  welcome(socket: Socket, peer: Address): void {
    this.#display.connected(socket.fd, peer);
    socket.setNonBlocking(false);
    this.#waiting.push(socket);
    this.#supply();
  }

  /** To a thread the end of what can be received is the end of its client's input. */
  finish(): void {
    this.#stopping = true;
    for (const socket of this.#all()) socket.shutdown('read');
  }

  /** Wakes the threads that are blocked, in send(2) even. */
  cutOff(): void {
    for (const socket of this.#all()) socket.shutdown('both');
  }

  #all(): Socket[] {
    return [...this.#waiting, ...this.#served.values()];
  }

  /** Hands clients to threads that are ready, and starts threads for the others and the reserve. */
  #supply(): void {
    for (const worker of this.#ready) {
      const socket = this.#waiting.shift();
      if (!socket) break;
      this.#ready.delete(worker);
      this.#served.set(worker, socket);
      this.#display.flush();
      worker.postMessage({ fd: socket.fd, quiet: this.#quiet } satisfies Assignment);
    }
    const wanted = this.#waiting.length + (this.#stopping ? 0 : 1) - this.#ready.size;
    while (this.#starting.size < Math.min(wanted, STARTS_AT_A_TIME)) this.#start();
  }

  #start(): void {
    const worker = new Worker(new URL('./client-thread.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    this.#starting.add(worker);
    let reason = 'its thread ended';
    worker.on('message', (report: Report) => {
      if (report === 'ready') this.#isReady(worker);
      else reason = report.reason;
    });
    worker.on('error', error => {
      reason = `its thread failed: ${error.message}`;
    });
    worker.on('exit', () => this.#ended(worker, reason));
    this.#loop.nodeHasNews();
  }

  #isReady(worker: Worker): void {
    this.#starting.delete(worker);
    this.#ready.add(worker);
    this.#supply();
  }

  /** A thread that could not be started costs one client, so that failing starts come to an end. */
  #ended(worker: Worker, reason: string): void {
    const neverServed = this.#starting.delete(worker) || this.#ready.delete(worker);
    const socket = neverServed ? this.#waiting.shift() : this.#served.get(worker);
    this.#served.delete(worker);
    if (!socket) return;
    socket.close();
    this.#display.left(socket.fd, reason);
    this.#supply();
  }
}
