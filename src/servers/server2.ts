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
import type { Assignment, Farewell } from './client-thread.ts';
import type { Display } from './display.ts';
import { THREAD_HEAP_MB, threadClientLimit } from './limits.ts';
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
  readonly #clients = new Map<Worker, Socket>();
  #reserve: Worker | undefined;

  constructor(loop: SelectLoop, display: Display, quiet: boolean) {
    this.#loop = loop;
    this.#display = display;
    this.#quiet = quiet;
    this.#reserve = this.#start();
  }

  get size(): number {
    return this.#clients.size;
  }

  welcome(socket: Socket, peer: Address): void {
    this.#display.connected(socket.fd, peer);
    this.#display.flush();
    socket.setNonBlocking(false);
    const worker = this.#reserve ?? this.#start();
    this.#clients.set(worker, socket);
    worker.postMessage({ fd: socket.fd, quiet: this.#quiet } satisfies Assignment);
    this.#reserve = this.#start();
  }

  /** To a thread the end of what can be received is the end of its client's input. */
  finish(): void {
    void this.#reserve?.terminate();
    for (const socket of this.#clients.values()) socket.shutdown('read');
  }

  /** Wakes the threads that are blocked, in send(2) even. */
  cutOff(): void {
    for (const socket of this.#clients.values()) socket.shutdown('both');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./client-thread.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    let reason = 'its thread ended';
    worker.on('message', (farewell: Farewell) => {
      reason = farewell.reason;
    });
    worker.on('error', error => {
      reason = `its thread failed: ${error.message}`;
    });
    worker.on('exit', () => this.#ended(worker, reason));
    this.#loop.nodeHasNews();
    return worker;
  }

  #ended(worker: Worker, reason: string): void {
    if (worker === this.#reserve) this.#reserve = undefined;
    const socket = this.#clients.get(worker);
    if (!socket) return;
    this.#clients.delete(worker);
    socket.close();
    this.#display.left(socket.fd, reason);
  }
}
