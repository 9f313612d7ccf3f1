/**
 * server4: the echo server, by select(2) in one thread.
 *
 * The loop is server3's to the letter; only the conversation differs. What a client sends comes
 * back byte for byte, whatever it is. A client that sends without reading is the danger here: it is
 * not read from while its replies wait, so it can fill its own connection and nothing else.
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
    surroundings => new Sessions(surroundings, observer => new EchoConversation(observer)),
  );
}

runIfStarted(import.meta.url);
