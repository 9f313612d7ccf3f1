/**
 * The clients of server2: each has a thread of its own, from the pool, until it leaves.
 *
 * Threads share the descriptors of the process. Only the main thread closes them, and only after the
 * thread has reported that its client left, or has ended. So no thread can use a descriptor that
 * belongs to another client by now.
 */
import type { Worker } from 'node:worker_threads';
import type { Counts } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import type { Direction, Socket } from '../../sockets/socket.ts';
import { survivable } from '../../sockets/system-error.ts';
import type { Clients } from '../acceptor.ts';
import { Counters, SharedCounters } from '../counters.ts';
import type { ThreadBudget } from '../limits.ts';
import { disconnectReason } from '../log/log.ts';
import type { LogOptions } from '../log/log-format.ts';
import type { ServerContext } from '../server.ts';
import type { ClientLeft, ThreadJob } from './client-thread.ts';
import { type ThreadEvents, ThreadPool } from './thread-pool.ts';

/** A client that has a thread. */
interface Served {
  readonly socket: Socket;
  readonly counts: SharedCounters;
}

export class Threads implements Clients, ThreadEvents {
  readonly #context: ServerContext;
  readonly #pool: ThreadPool;
  /** Clients that wait for a thread, in the order in which they came. */
  readonly #waiting: Socket[] = [];
  readonly #served = new Map<Worker, Served>();
  /** Of the clients that have left. */
  readonly #past = new Counters();
  /** Shared with the threads: 1 once the server stops. */
  readonly #stopping = new Int32Array(new SharedArrayBuffer(4));

  /** @param log how the threads log messages and replies. */
  constructor(context: ServerContext, log: LogOptions, budget: ThreadBudget) {
    this.#context = context;
    this.#pool = new ThreadPool(context.loop, log, budget, this);
  }

  get size(): number {
    return this.#waiting.length + this.#served.size;
  }

  get counts(): Counts {
    const all = new Counters().add(this.#past);
    for (const { counts } of this.#served.values()) all.add(counts);
    return all;
  }

  admit(socket: Socket, peer: Address): void {
    this.#context.log.connected(socket.fd, peer);
    this.#waiting.push(socket);
    this.#dispatch();
  }

  /** Each thread wakes from recv(2) and answers what has arrived. */
  drain(): void {
    this.#pool.stop();
    Atomics.store(this.#stopping, 0, 1);
    for (const { socket } of this.#served.values()) shutDown(socket, 'read');
  }

  /** Wakes also the threads that block in send(2). */
  forceClose(): void {
    const served = Array.from(this.#served.values(), ({ socket }) => socket);
    for (const socket of [...this.#waiting, ...served]) {
      shutDown(socket, 'both');
      this.#context.log.disconnected(socket.fd, disconnectReason.forceClosed);
    }
  }

  available(): void {
    this.#dispatch();
  }

  clientLeft(thread: Worker, { reason, unwritten }: ClientLeft): void {
    this.#context.log.output.addUnwritten(unwritten);
    this.#disconnected(thread, reason);
    const next = this.#nextWaiting();
    if (next) this.#assign(thread, next);
    else this.#pool.release(thread);
    this.#dispatch();
  }

  failed(thread: Worker, reason: string): void {
    this.#disconnected(thread, reason);
    this.#dispatch();
  }

  /** Refuses the clients that wait for a thread. */
  noThread({ message }: Error): void {
    for (const socket of this.#waiting.splice(0)) {
      this.#refuse(socket, message, 'no thread could be started');
    }
  }

  /** Gives waiting clients to idle threads, and starts threads for the others. */
  #dispatch(): void {
    while (this.#pool.hasIdle) {
      const socket = this.#nextWaiting();
      if (!socket) break;
      this.#assign(this.#pool.take() as Worker, socket);
    }
    if (this.#waiting.length > 0) this.#pool.startFor(this.#waiting.length);
    else this.#pool.startSpareSoon();
  }

  /** The next client to serve. One that has left in the meantime needs no thread. */
  #nextWaiting(): Socket | undefined {
    for (;;) {
      const socket = this.#waiting.shift();
      if (!socket?.peerHasClosed()) return socket;
      this.#close(socket, disconnectReason.closedByClient);
    }
  }

  #assign(thread: Worker, socket: Socket): void {
    const counts = new SharedCounters();
    this.#served.set(thread, { socket, counts });
    this.#context.log.flush();
    thread.postMessage({
      fd: socket.fd,
      stopping: this.#stopping,
      counts: counts.cells,
      idleTimeout: this.#context.idleTimeout,
    } satisfies ThreadJob);
    if (Atomics.load(this.#stopping, 0)) shutDown(socket, 'read');
  }

  #disconnected(thread: Worker, reason: string): void {
    const served = this.#served.get(thread);
    if (!served) return;
    this.#served.delete(thread);
    this.#past.add(served.counts);
    this.#close(served.socket, reason);
  }

  #refuse(socket: Socket, reason: string, why: string): void {
    this.#context.log.disconnected(socket.fd, reason);
    this.#context.closer.refuse(socket, `error: server busy: ${why}, try again later`);
  }

  #close(socket: Socket, reason: string): void {
    socket.close();
    this.#context.log.disconnected(socket.fd, reason);
  }
}

/** Wakes the thread that uses a socket. If that fails, the thread ends with the grace period. */
function shutDown(socket: Socket, direction: Direction): void {
  try {
    socket.shutdown(direction);
  } catch (error) {
    survivable(error);
  }
}
