/**
 * The clients of server2, a thread each. A thread takes tens of milliseconds to start, so one is kept
 * ready for the next client, and in a crowd they are started a few at a time.
 *
 * Threads share the process's descriptors. So that nobody ever uses a number that has become
 * another client's, the main thread alone closes them, when the thread has said that it is done or
 * is gone, however it ended.
 */
import { Worker } from 'node:worker_threads';
import type { Counts } from '../conversation/conversation.ts';
import type { Address } from '../sockets/address.ts';
import type { Direction, Socket } from '../sockets/socket.ts';
import { survivable } from '../sockets/system-error.ts';
import type { Clients } from './acceptor.ts';
import type { Assignment, Report } from './client-thread.ts';
import { departure } from './display.ts';
import type { DisplayOptions } from './display-options.ts';
import {
  RESERVE_DELAY_MS,
  STARTS_AT_A_TIME,
  THREAD_HEAP_MB,
  THREADS_BEFORE_REUSE,
} from './limits.ts';
import type { Surroundings } from './server.ts';
import { SharedCounts } from './shared-counts.ts';
import { Tally } from './tally.ts';

/** A client that has its thread. */
interface Served {
  readonly socket: Socket;
  readonly counts: SharedCounts;
}

export class Threads implements Clients {
  readonly #surroundings: Surroundings;
  readonly #display: DisplayOptions;
  /** Clients whose thread is not ready yet, first come first. */
  readonly #waiting: Socket[] = [];
  readonly #served = new Map<Worker, Served>();
  /** Of those who have left. */
  readonly #left = new Tally();
  readonly #starting = new Set<Worker>();
  readonly #ready = new Set<Worker>();
  #started = 0;
  #reserving = false;
  /** Shared with the threads: 1 once the server stops. */
  readonly #stopping = new Int32Array(new SharedArrayBuffer(4));

  /** @param display how the threads show what is said. */
  constructor(surroundings: Surroundings, display: DisplayOptions) {
    this.#surroundings = surroundings;
    this.#display = display;
    this.#start();
  }

  get size(): number {
    return this.#waiting.length + this.#served.size;
  }

  get counts(): Counts {
    const all = new Tally().add(this.#left);
    for (const { counts } of this.#served.values()) all.add(counts);
    return all;
  }

  welcome(socket: Socket, peer: Address): void {
    this.#surroundings.display.connected(socket.fd, peer);
    this.#waiting.push(socket);
    this.#supply();
  }

  /** A thread wakes from recv(2), answers what has arrived, and ends; so will those to be assigned. */
  finish(): void {
    Atomics.store(this.#stopping, 0, 1);
    for (const { socket } of this.#served.values()) shutDown(socket, 'read');
  }

  /** Wakes the threads that are blocked in send(2) too. */
  cutOff(): void {
    const served = Array.from(this.#served.values(), ({ socket }) => socket);
    for (const socket of [...this.#waiting, ...served]) {
      shutDown(socket, 'both');
      this.#surroundings.display.left(socket.fd, departure.cutOff);
    }
  }

  /** Hands clients to threads that are ready, and starts threads for the others. */
  #supply(): void {
    for (const worker of this.#ready) {
      const socket = this.#nextWaiting();
      if (!socket) break;
      this.#ready.delete(worker);
      this.#assign(worker, socket);
    }
    const wanted = this.#waiting.length - this.#ready.size;
    while (this.#starting.size < Math.min(wanted, STARTS_AT_A_TIME)) {
      if (!this.#start()) return;
    }
    if (wanted === 0) this.#reserveSoon();
  }

  /** Keeps a thread ready, once the client that was just given one has got going. */
  #reserveSoon(): void {
    if (this.#reserving) return;
    this.#reserving = true;
    this.#surroundings.loop.after(RESERVE_DELAY_MS, () => {
      this.#reserving = false;
      const isStopping = Atomics.load(this.#stopping, 0) === 1;
      if (!isStopping && this.#starting.size + this.#ready.size === 0) this.#start();
    });
  }

  /** The next client to be served. Those who have hung up in the meantime need no thread. */
  #nextWaiting(): Socket | undefined {
    for (;;) {
      const socket = this.#waiting.shift();
      if (!socket?.isAtEnd()) return socket;
      this.#close(socket, departure.closedByClient);
    }
  }

  #assign(worker: Worker, socket: Socket): void {
    const counts = new SharedCounts();
    this.#served.set(worker, { socket, counts });
    this.#surroundings.display.flush();
    worker.postMessage({
      fd: socket.fd,
      stopping: this.#stopping,
      counts: counts.cells,
      idleTimeout: this.#surroundings.idleTimeout,
    } satisfies Assignment);
    if (Atomics.load(this.#stopping, 0)) shutDown(socket, 'read');
  }

  /** @returns whether a thread could be started. */
  #start(): boolean {
    let worker: Worker;
    try {
      worker = new Worker(new URL('./client-thread.cjs', import.meta.url), {
        workerData: this.#display,
        resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
      });
    } catch (error) {
      this.#noThread(error as Error);
      return false;
    }
    this.#starting.add(worker);
    this.#started++;
    let reason = 'its thread ended';
    worker.on('message', (report: Report) => {
      if (report === 'ready') return this.#isReady(worker);
      this.#leaves(worker, report.reason);
    });
    worker.on('error', error => {
      reason = `its thread failed: ${error.message}`;
    });
    worker.on('exit', () => this.#ended(worker, reason));
    this.#surroundings.loop.nodeHasNews();
    return true;
  }

  #isReady(worker: Worker): void {
    this.#starting.delete(worker);
    this.#ready.add(worker);
    this.#supply();
  }

  /** A thread ends with its client, until so many have that the next ones must be spared. */
  #leaves(worker: Worker, reason: string): void {
    this.#release(worker, this.#served.get(worker) as Served, reason);
    if (this.#started < THREADS_BEFORE_REUSE) worker.postMessage('end');
    else this.#ready.add(worker);
    this.#supply();
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#starting.delete(worker) || this.#ready.delete(worker)) {
      this.#noThread(new Error(reason));
      return;
    }
    const served = this.#served.get(worker);
    if (!served) return;
    this.#release(worker, served, reason);
    this.#supply();
  }

  #release(worker: Worker, { socket, counts }: Served, reason: string): void {
    this.#served.delete(worker);
    this.#left.add(counts);
    this.#close(socket, reason);
  }

  /** Unless other threads are on their way, nobody who waits for one will get it. */
  #noThread({ message }: Error): void {
    if (this.#starting.size + this.#ready.size > 0) return;
    for (const socket of this.#waiting.splice(0)) {
      this.#refuse(socket, message, 'no thread could be started');
    }
  }

  #refuse(socket: Socket, reason: string, excuse: string): void {
    this.#surroundings.display.left(socket.fd, reason);
    this.#surroundings.closer.refuse(socket, `error: server busy: ${excuse}, try again later`);
  }

  #close(socket: Socket, reason: string): void {
    socket.close();
    this.#surroundings.display.left(socket.fd, reason);
  }
}

/** Wakes the thread that uses a socket. One that this cannot wake is let go at the end of the grace. */
function shutDown(socket: Socket, direction: Direction): void {
  try {
    socket.shutdown(direction);
  } catch (error) {
    survivable(error);
  }
}
