/**
 * server4: the echo server, by select(2) in one thread.
 *
 * The loop is the same as in server3; only the conversation is different. It sends back every byte
 * that a client sends. A client that sends and never reads could fill the server's memory. So while
 * its replies are unsent, the server does not read from it.
 */
import { runIfStarted } from './program.ts';
import { EchoConversation } from './protocol/echo-conversation.ts';
import { selectClientLimit } from './serving/limits.ts';
import { Sessions } from './serving/select/sessions.ts';
import { runServer, type ServerOptions } from './serving/server.ts';

export function server4(options: ServerOptions): Promise<void> {
  return runServer(
    options,
    selectClientLimit(options.maxClients),
    context => new Sessions(context, observer => new EchoConversation(observer)),
  );
}

runIfStarted(import.meta.url);
