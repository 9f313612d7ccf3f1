/**
 * server1: one process, one thread, one client at a time.
 *
 * The textbook server of this kind accepts a client, sits in recv(2) until that client leaves, and
 * accepts the next. Whoever comes in between waits in the kernel's queue without a word. To tell
 * them at once that the server is busy it has to see both the client and the newcomers, even while
 * the client is silent: so it waits for either in select(2), with one place at the table.
 */

import { runIfStarted } from './program.ts';
import { CalculatorConversation } from './protocol/calculator-conversation.ts';
import { Sessions } from './serving/select/sessions.ts';
import { runServer, type ServerOptions } from './serving/server.ts';

export function server1(options: ServerOptions): Promise<void> {
  return runServer(
    options,
    1,
    surroundings => new Sessions(surroundings, observer => new CalculatorConversation(observer)),
  );
}

runIfStarted(import.meta.url);
