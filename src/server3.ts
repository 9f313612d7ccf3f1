/**
 * server3: one process, one thread, many clients, by select(2).
 *
 * Nobody is waited for alone. The loop (select-loop.ts) sleeps until any descriptor is ready: the
 * listening socket has a new client, or some client has said something or taken its replies. That
 * client has its turn (session.ts): one recv, its replies in one send, and back to the loop. No
 * call on a client's socket may block, so a slow client costs the others nothing; and no turn may
 * be long, for in this one thread a turn of one is a wait for all.
 */

import { runIfStarted } from './program.ts';
import { CalculatorConversation } from './protocol/calculator-conversation.ts';
import { selectClientLimit } from './serving/limits.ts';
import { Sessions } from './serving/select/sessions.ts';
import { runServer, type ServerOptions } from './serving/server.ts';

export function server3(options: ServerOptions): Promise<void> {
  return runServer(
    options,
    selectClientLimit(options.maxClients),
    surroundings => new Sessions(surroundings, observer => new CalculatorConversation(observer)),
  );
}

runIfStarted(import.meta.url);
