/**
 * The threads of server2: operating-system threads, each with a JavaScript engine of its own. The
 * pool starts them, keeps the idle ones, and ends them. It knows nothing about clients.
 *
 * At first each client gets a new thread, which ends with it. But an ended thread leaves memory
 * behind (limits.ts), so a budget limits how many may end. When half of it is used, idle threads
 * serve the next clients; idle threads beyond a few still end after a while, until the budget is
 * used up.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';
import {
  IDLE_THREAD_MS,
  IDLE_THREADS,
  RUNS_SOURCE,
  SPARE_DELAY_MS,
  STARTS_AT_A_TIME,
  THREAD_HEAP_MB,
  THREAD_YOUNG_HEAP_MB,
  type ThreadBudget,
} from '../limits.ts';
import type { LogOptions } from '../log/log-format.ts';
import type { SelectLoop } from '../select/select-loop.ts';
import type { Timer } from '../select/timers.ts';
import type { ClientLeft, ThreadMessage } from './client-thread.ts';

/** What the pool reports to its owner. */
export interface ThreadEvents {
  /** A thread is idle, or there is room for another one. */
  available(): void;
  /** The client of a thread has left. The thread is not used again before `release`. */
  clientLeft(thread: Worker, left: ClientLeft): void;
  /** A thread has ended while it had a client. */
  failed(thread: Worker, reason: string): void;
  /** No thread could be started, none is idle and none is being started. */
  noThread(error: Error): void;
}

interface IdleThread {
  readonly thread: Worker;
  /** Ends it; the few threads that never end have none. */
  readonly timer: Timer | undefined;
}

export class ThreadPool {
  readonly #loop: SelectLoop;
  readonly #log: LogOptions;
  readonly #budget: ThreadBudget;
  readonly #events: ThreadEvents;
  /** All threads that have not ended yet. */
  readonly #alive = new Set<Worker>();
  readonly #starting = new Set<Worker>();
  /** The most recently used one is last. */
  readonly #idle: IdleThread[] = [];
  /** Threads that have been asked to end. */
  readonly #ending = new Set<Worker>();
  /** How many threads have ended or have been asked to, since the server started. */
  #endings = 0;
  #startsSpare = false;
  #stopped = false;

  constructor(loop: SelectLoop, log: LogOptions, budget: ThreadBudget, events: ThreadEvents) {
    this.#loop = loop;
    this.#log = log;
    this.#budget = budget;
    this.#events = events;
    this.#start();
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** The most recently used idle thread: its code is compiled, its memory is in the caches. */
  take(): Worker | undefined {
    const idle = this.#idle.pop();
    if (idle?.timer) this.#loop.cancel(idle.timer);
    return idle?.thread;
  }

  /** Returns a thread whose client has left, when no other client waits. */
  release(thread: Worker): void {
    if (this.#endings < this.#budget.endingsWithClient) this.#end(thread);
    else this.#becomesIdle(thread);
  }

  /** Starts threads for waiting clients, a few at a time. */
  startFor(clients: number): void {
    while (this.#starting.size < Math.min(clients, STARTS_AT_A_TIME)) {
      if (!this.#start()) return;
    }
  }

  /** Starts a spare thread for the next client, after the newest client has its first reply. */
  startSpareSoon(): void {
    if (this.#startsSpare) return;
    this.#startsSpare = true;
    this.#loop.after(SPARE_DELAY_MS, () => {
      this.#startsSpare = false;
      if (!this.#stopped && this.#starting.size + this.#idle.length === 0) this.#start();
    });
  }

  /** Starts no more spare threads. */
  stop(): void {
    this.#stopped = true;
  }

  /** @returns false when there is no room for another thread, or it could not be started. */
  #start(): boolean {
    if (this.#alive.size >= this.#budget.threads) return false;
    let thread: Worker;
    try {
      thread = startWorker({
        workerData: this.#log,
        resourceLimits: {
          maxOldGenerationSizeMb: THREAD_HEAP_MB,
          maxYoungGenerationSizeMb: THREAD_YOUNG_HEAP_MB,
        },
      });
    } catch (error) {
      this.#couldNotStart(error as Error);
      return false;
    }
    this.#alive.add(thread);
    this.#starting.add(thread);
    let reason = 'its thread ended';
    thread.on('message', (message: ThreadMessage) => {
      if (message === 'ready') this.#isReady(thread);
      else this.#events.clientLeft(thread, message);
    });
    thread.on('error', error => {
      reason = `its thread failed: ${error.message}`;
    });
    thread.on('exit', () => this.#ended(thread, reason));
    this.#loop.requestNodeTick();
    return true;
  }

  #isReady(thread: Worker): void {
    this.#starting.delete(thread);
    this.#becomesIdle(thread);
    this.#events.available();
  }

  #becomesIdle(thread: Worker): void {
    const isKept = this.#idle.length < IDLE_THREADS;
    const end = (): void => this.#wasIdleForLong(thread);
    const timer = isKept ? undefined : this.#loop.after(IDLE_THREAD_MS, end);
    this.#idle.push({ thread, timer });
  }

  #wasIdleForLong(thread: Worker): void {
    if (this.#idle.length <= IDLE_THREADS || this.#endings >= this.#budget.endings) return;
    this.#removeIdle(thread);
    this.#end(thread);
  }

  #end(thread: Worker): void {
    this.#ending.add(thread);
    this.#endings++;
    thread.postMessage('end');
  }

  #removeIdle(thread: Worker): boolean {
    const index = this.#idle.findIndex(idle => idle.thread === thread);
    if (index < 0) return false;
    const [idle] = this.#idle.splice(index, 1);
    if (idle?.timer) this.#loop.cancel(idle.timer);
    return true;
  }

  #ended(thread: Worker, reason: string): void {
    this.#alive.delete(thread);
    if (this.#ending.delete(thread)) {
      this.#events.available();
      return;
    }
    this.#endings++;
    if (this.#starting.delete(thread) || this.#removeIdle(thread)) {
      this.#couldNotStart(new Error(reason));
    } else {
      this.#events.failed(thread, reason);
    }
  }

  #couldNotStart(error: Error): void {
    if (this.#starting.size + this.#idle.length === 0) this.#events.noThread(error);
  }
}

/** Runs client-thread.ts: in the build the bundle beside server2.js, otherwise the source. */
function startWorker(options: WorkerOptions): Worker {
  if (!RUNS_SOURCE) {
    return new Worker(new URL('./client-thread.cjs', import.meta.url), options);
  }
  const source = new URL('./client-thread.ts', import.meta.url);
  if (readsTypeScript()) return new Worker(source, options);
  // An older Node reads no TypeScript itself, and its threads do not inherit tsx.
  const tsx = import.meta.resolve('tsx/esm/api');
  const [api, file] = [tsx, source].map(url => JSON.stringify(url));
  const program = `import(${api}).then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(program, { ...options, eval: true });
}

/** Node 22.18 and later; some versions before it have the feature and leave it off. */
function readsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}
