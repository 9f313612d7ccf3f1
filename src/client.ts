/**
 * client: asks for a line, sends it, prints the reply, and asks again.
 *
 * 1. Connect, and let the server greet.
 * 2. Ask for a line. At the end of the input, go to 5.
 * 3. Send the line, and print the reply.
 * 4. Go to 2.
 * 5. Half-close the connection, and read on until the server closes it too.
 *
 * The user and the server can act at any time, so the client listens to both all the time, as
 * `strcliselect02` in Stevens does with select(2). Here Node's event loop does it, and each `await` below
 * waits for one event. If something else ends the wait, such as Ctrl+C or a server that closes, the step
 * throws `Interrupted`. src/chat/chat-steps.ts has the steps.
 */
import { Chat } from './chat/chat-steps.ts';
import type { ClientOptions } from './chat/client-options.ts';
import { Interrupted } from './chat/waiting.ts';
import { runIfStarted } from './program.ts';

/** @returns the exit code: 0 at the end of the input or on Ctrl+C, 1 after a failure. */
export async function client(options: ClientOptions): Promise<number> {
  const chat = new Chat(options);
  // More than once only with --retry, after a lost connection.
  while (!chat.isOver) {
    await converse(chat).catch(error => {
      if (!(error instanceof Interrupted)) throw error;
    });
  }
  return chat.end();
}

async function converse(chat: Chat): Promise<void> {
  await chat.connect();
  for (;;) {
    const line = await chat.ask();
    if (line === undefined) break;
    chat.send(line);
    await chat.printReply();
    // Only to a server that is known to take several lines in one receive.
    if (chat.canPipeline) await chat.pipeline();
  }
  // Only now: many servers close when a client half-closes, and a pending reply would be lost.
  await chat.halfClose();
}

runIfStarted(import.meta.url);
