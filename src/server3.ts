/**
 * server3: one process, one thread, many clients, by select(2).
 *
 * The loop (select-loop.ts) never waits for a single client. It sleeps in select until any descriptor
 * is ready: the listening socket has a new client, or a client has sent something or can take more
 * of its replies. Then that client gets a time slice (session.ts): one recv, its replies in one send.
 * No call on a client's socket blocks, so a slow client costs the others nothing. And every time
 * slice is short, because all other clients wait while it lasts.
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
    context => new Sessions(context, observer => new CalculatorConversation(observer)),
  );
}

runIfStarted(import.meta.url);
