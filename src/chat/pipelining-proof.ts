/**
 * Whether a server may be sent many lines at a time. Two replies of a line each make it likely, and
 * when many lines wait, line-framing.ts finds out beside the conversation.
 */
import type { Address } from '../sockets/address.ts';
import { framesByLines, type Known } from './line-framing.ts';

/** With so many lines waiting, the proof takes less time than it will spare. */
const WORTH_PIPELINING = 500;

/** One line of printable text: what a server that ends its replies with LF sends for a message. */
const ONE_LINE = /^[ -~]+\n$/;

export class PipeliningProof {
  readonly #address: Address;
  /** The last messages whose replies were a line each; two are enough to ask for proof. */
  readonly #known: Known[] = [];
  #asked = false;
  #proven = false;

  constructor(address: Address) {
    this.#address = address;
  }

  get isProven(): boolean {
    return this.#proven;
  }

  /** Looks at what was received for a message, and asks for proof once it is worth it. */
  consider(message: string, bytes: Buffer, linesWaiting: number): void {
    if (this.#asked) return;
    if (this.#known.length < 2) {
      const received = bytes.toString('latin1');
      const isOneLine = ONE_LINE.test(received) && message.length >= 2;
      if (isOneLine) this.#known.push({ message, reply: received.slice(0, -1) });
      else this.#known.length = 0;
    }
    const [whole, cut] = this.#known;
    if (!whole || !cut || linesWaiting < WORTH_PIPELINING) return;
    this.#asked = true;
    framesByLines(this.#address, whole, cut).then(proven => {
      this.#proven = proven;
    });
  }
}
