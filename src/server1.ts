/**
 * server1: one process, one thread, one client at a time.
 *
 * The textbook server accepts a client, blocks in recv(2) until that client leaves, and accepts the
 * next one. Meanwhile a second client waits in the kernel's queue and gets no answer. This server
 * replies to it at once that the server is busy. To notice it, the server must watch its client and
 * the listening socket at the same time. So it waits for both in select(2), and its limit is one
 * client.
 */
import { runIfStarted } from './program.ts';
import { CalculatorConversation } from './protocol/calculator-conversation.ts';
import { Sessions } from './serving/select/sessions.ts';
import { runServer, type ServerOptions } from './serving/server.ts';

export function server1(options: ServerOptions): Promise<void> {
  return runServer(
    options,
    1,
    context => new Sessions(context, observer => new CalculatorConversation(observer)),
  );
}

runIfStarted(import.meta.url);
