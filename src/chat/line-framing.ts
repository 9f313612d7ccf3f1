/**
 * Finds out whether a server takes each line for a message, however its bytes arrive. Most public
 * servers take each receive for one, so several messages at once would be garbled; one that frames
 * by lines can be sent as many as there are.
 *
 * The proof is a question whose answers are known, on a connection of its own, so that whatever the
 * server makes of it the conversation is not disturbed: a whole message first (until then ours too
 * ends a message at a pause), then the beginning of one, a pause, and its end together with another
 * message. The three replies must come back, each in its time, and nothing else.
 */
import { createConnection } from 'node:net';
import type { Address } from '../sockets/address.ts';

/** A message, and the one line that the server replied when it was sent alone. */
export interface Known {
  readonly message: string;
  readonly reply: string;
}

/** Long enough for a server that takes the beginning for a message to answer it. */
const PAUSE_MS = 60;

/** A server that has not answered by then is not worth waiting for. */
const TIMEOUT_MS = 1000;

/** @param cut is sent in two pieces. Never rejects. */
export function framesByLines(address: Address, whole: Known, cut: Known): Promise<boolean> {
  return new Promise(resolve => {
    const connection = createConnection({ ...address, family: 4, noDelay: true });
    const half = Math.ceil(cut.message.length / 2);
    let received = '';
    let expected = `${whole.reply}\n`;
    let pause: NodeJS.Timeout | undefined;

    const conclude = (proven: boolean): void => {
      clearTimeout(timeout);
      clearTimeout(pause);
      connection.destroy();
      resolve(proven);
    };
    const timeout = setTimeout(() => conclude(false), TIMEOUT_MS);

    const finishQuestion = (): void => {
      pause = undefined;
      expected += `${cut.reply}\n${whole.reply}\n`;
      connection.write(`${cut.message.slice(half)}\n${whole.message}\n`);
    };
    const hear = (bytes: Buffer): void => {
      received += bytes;
      if (pause !== undefined || !expected.startsWith(received)) conclude(false);
      else if (received !== expected) return;
      else if (received.length > whole.reply.length + 1) conclude(true);
      else {
        connection.write(cut.message.slice(0, half));
        pause = setTimeout(finishQuestion, PAUSE_MS);
      }
    };
    connection
      .on('connect', () => connection.write(`${whole.message}\n`))
      .on('data', hear)
      .on('error', () => conclude(false))
      .on('close', () => conclude(false));
  });
}
