/**
 * client: asks for a line, sends it, prints the reply, and asks again.
 *
 * It half-closes the connection at the end of its input and keeps reading (`strcliselect` in
 * Stevens): the replies that are still due arrive before the server closes.
 */
import { runClient } from './chat/client.ts';
import type { ClientOptions } from './chat/options.ts';
import { runIfStarted } from './program.ts';

/** @returns the exit code. */
export function client(options: ClientOptions): Promise<number> {
  return runClient(options);
}

runIfStarted(import.meta.url);
