/**
 * server2: an operating-system thread for every client.
 *
 * The main thread only takes new clients in; each is handed to a thread of its own (threads.ts), which
 * sits in a blocking recv(2) until its client speaks, answers, and ends with its client
 * (client-thread.ts). Nobody waits for anybody: the system's scheduler does what select does in
 * server3. The price is a thread's memory, and the time it takes to start one.
 */
import { runIfStarted } from './program.ts';
import { threadBudget } from './serving/limits.ts';
import { runServer, type ServerOptions } from './serving/server.ts';
import { Threads } from './serving/threads/threads.ts';

export function server2(options: ServerOptions): Promise<void> {
  const budget = threadBudget(options.maxClients);
  return runServer(
    options,
    budget.clients,
    surroundings => new Threads(surroundings, options.display, budget),
  );
}

runIfStarted(import.meta.url);
