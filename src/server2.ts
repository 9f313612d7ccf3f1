/**
 * server2: one operating-system thread per client.
 *
 * The main thread only accepts clients. It gives each one to a thread of its own (threads.ts), which
 * blocks in recv(2) until its client sends, answers, and blocks again (blocking-session.ts). No client
 * waits for another: the operating system runs each thread that has something to do, on all cores.
 * The cost is the memory of each thread, and the time to start it.
 */
import { runIfStarted } from './program.ts';
import { threadBudget } from './serving/limits.ts';
import { runServer, type ServerOptions } from './serving/server.ts';
import { Threads } from './serving/threads/threads.ts';

export function server2(options: ServerOptions): Promise<void> {
  const budget = threadBudget(options.maxClients);
  return runServer(options, budget.clients, context => new Threads(context, options.log, budget));
}

runIfStarted(import.meta.url);
