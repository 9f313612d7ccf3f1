/**
 * The clients of server2, each with a thread of its own from the pool for as long as it stays.
 *
 * Threads share the process's descriptors. So that no thread ever uses a number that has become
 * another client's, the main thread alone closes them, when the thread has said that it is done or
 * is gone, however it ended.
 */
import type { Worker } from 'node:worker_threads';
import type { Counts } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import type { Direction, Socket } from '../../sockets/socket.ts';
import { survivable } from '../../sockets/system-error.ts';
import type { Clients } from '../acceptor.ts';
import { Tally } from '../counters.ts';
import type { ThreadBudget } from '../limits.ts';
import { departure } from '../log/log.ts';
import type { DisplayOptions } from '../log/log-options.ts';
import type { Surroundings } from '../server.ts';
import type { Assignment, ClientLeft } from './client-thread.ts';
import { SharedCounts } from './shared-counts.ts';
import { type ThreadEvents, ThreadPool } from './thread-pool.ts';

/** A client that has its thread. */
interface Served {
  readonly socket: Socket;
  readonly counts: SharedCounts;
}

export class Threads implements Clients, ThreadEvents {
  readonly #surroundings: Surroundings;
  readonly #pool: ThreadPool;
  /** Clients whose thread is not ready yet, first come first. */
  readonly #waiting: Socket[] = [];
  readonly #served = new Map<Worker, Served>();
  /** Of those who have left. */
  readonly #left = new Tally();
  /** Shared with the threads: 1 once the server stops. */
  readonly #stopping = new Int32Array(new SharedArrayBuffer(4));

  /** @param display how the threads show what is said. */
  constructor(surroundings: Surroundings, display: DisplayOptions, budget: ThreadBudget) {
    this.#surroundings = surroundings;
    this.#pool = new ThreadPool(surroundings.loop, display, budget, this);
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
    this.#dispatch();
  }

  /** A thread wakes from recv(2), answers what has arrived, and ends; so will those to be assigned. */
  finish(): void {
    this.#pool.stop();
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

  available(): void {
    this.#dispatch();
  }

  clientLeft(thread: Worker, { reason, unwritten }: ClientLeft): void {
    this.#surroundings.display.output.takeOver(unwritten);
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

  /** Nobody who waits for a thread will get one. */
  noThread({ message }: Error): void {
    for (const socket of this.#waiting.splice(0)) {
      this.#refuse(socket, message, 'no thread could be started');
    }
  }

  /** Hands clients to idle threads, and has threads started for the others. */
  #dispatch(): void {
    while (this.#pool.hasIdle) {
      const socket = this.#nextWaiting();
      if (!socket) break;
      this.#assign(this.#pool.take() as Worker, socket);
    }
    if (this.#waiting.length > 0) this.#pool.startFor(this.#waiting.length);
    else this.#pool.startSpareSoon();
  }

  /** The next client to be served. Those who have hung up in the meantime need no thread. */
  #nextWaiting(): Socket | undefined {
    for (;;) {
      const socket = this.#waiting.shift();
      if (!socket?.isAtEnd()) return socket;
      this.#close(socket, departure.closedByClient);
    }
  }

  #assign(thread: Worker, socket: Socket): void {
    const counts = new SharedCounts();
    this.#served.set(thread, { socket, counts });
    this.#surroundings.display.flush();
    thread.postMessage({
      fd: socket.fd,
      stopping: this.#stopping,
      counts: counts.cells,
      idleTimeout: this.#surroundings.idleTimeout,
    } satisfies Assignment);
    if (Atomics.load(this.#stopping, 0)) shutDown(socket, 'read');
  }

  #disconnected(thread: Worker, reason: string): void {
    const served = this.#served.get(thread);
    if (!served) return;
    this.#served.delete(thread);
    this.#left.add(served.counts);
    this.#close(served.socket, reason);
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
