/**
 * Finds out whether a server may be sent many lines at a time. Most public servers take each receive
 * for one message, so they would garble several; only a server that frames by lines understands them.
 *
 * Two replies of one line each make it likely. When many lines are waiting, the probe asks on a second
 * connection, so that the session is not disturbed if the server fails. It sends messages whose replies
 * are known: first a whole one, then half of another, and after a pause its other half together with
 * the first again. The server frames by lines if it sends exactly these three replies, and each one
 * only after its whole message.
 */
import { createConnection } from 'node:net';
import type { Address } from '../sockets/address.ts';

/** With this many lines waiting, the probe takes less time than pipelining saves. */
const WORTH_PIPELINING = 500;

/** Long enough for a server that takes half a message for a whole one to answer it. */
const PAUSE_MS = 60;

/** A server that is slower than this would not gain from pipelining. */
const TIMEOUT_MS = 1000;

/** One line of printable text: the reply of a server that ends its replies with LF. */
const ONE_LINE = /^[ -~]+\n$/;

/** A message, and the one line that the server replied to it. */
interface Known {
  readonly message: string;
  readonly reply: string;
}

export class PipeliningProbe {
  readonly #address: Address;
  readonly #known: Known[] = [];
  #started = false;
  #succeeded = false;

  constructor(address: Address) {
    this.#address = address;
  }

  get succeeded(): boolean {
    return this.#succeeded;
  }

  /** Notes what was received for a message, and starts the probe once it is worth it. */
  onReplyBytes(message: string, bytes: Buffer, linesWaiting: number): void {
    if (this.#started) return;
    if (this.#known.length < 2) {
      const received = bytes.toString('latin1');
      const isOneLine = ONE_LINE.test(received) && message.length >= 2;
      if (isOneLine) this.#known.push({ message, reply: received.slice(0, -1) });
      else this.#known.length = 0;
    }
    const [whole, halved] = this.#known;
    if (!whole || !halved || linesWaiting < WORTH_PIPELINING) return;
    this.#started = true;
    framesByLines(this.#address, whole, halved).then(succeeded => {
      this.#succeeded = succeeded;
    });
  }
}

/** Never rejects: without an answer, the server does not frame by lines. */
function framesByLines(address: Address, whole: Known, halved: Known): Promise<boolean> {
  return new Promise(resolve => {
    const connection = createConnection({ ...address, family: 4, noDelay: true });
    const half = Math.ceil(halved.message.length / 2);
    let received = '';
    let expected = `${whole.reply}\n`;
    let pause: NodeJS.Timeout | undefined;

    const finish = (succeeded: boolean): void => {
      clearTimeout(timeout);
      clearTimeout(pause);
      connection.destroy();
      resolve(succeeded);
    };
    const timeout = setTimeout(() => finish(false), TIMEOUT_MS);

    const sendRest = (): void => {
      pause = undefined;
      expected += `${halved.reply}\n${whole.reply}\n`;
      connection.write(`${halved.message.slice(half)}\n${whole.message}\n`);
    };
    const receive = (bytes: Buffer): void => {
      received += bytes;
      if (pause !== undefined || !expected.startsWith(received)) finish(false);
      else if (received !== expected) return;
      else if (received.length > whole.reply.length + 1) finish(true);
      else {
        connection.write(halved.message.slice(0, half));
        pause = setTimeout(sendRest, PAUSE_MS);
      }
    };
    connection
      .on('connect', () => connection.write(`${whole.message}\n`))
      .on('data', receive)
      .on('error', () => finish(false))
      .on('close', () => finish(false));
  });
}
