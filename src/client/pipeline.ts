/** Many lines on their way at a time, to a server that is known to frame by lines. */
import type { Socket } from 'node:net';
import type { Dialogue } from './dialogue.ts';
import type { Lines } from './lines.ts';
import { PipelinedReplies } from './pipelined-replies.ts';
import type { Tally } from './tally.ts';

/** Lines sent and not replied to: enough to keep both sides busy, little enough to hold. */
const LINES_IN_FLIGHT = 20_000;

export class Pipeline {
  readonly #lines: Lines;
  readonly #connection: Socket;
  readonly #output: NodeJS.WriteStream;
  readonly #tally: Tally;
  readonly #moved: () => void;
  readonly #replies = new PipelinedReplies();
  #inFlight = 0;

  /** Takes the conversation over. @param moved is called when lines were sent or replies taken. */
  constructor(
    lines: Lines,
    dialogue: Dialogue,
    output: NodeJS.WriteStream,
    tally: Tally,
    moved: () => void,
  ) {
    this.#lines = lines;
    this.#connection = dialogue.handOver(bytes => this.#receive(bytes));
    this.#output = output;
    this.#tally = tally;
    this.#moved = moved;
  }

  /** Whether every line that was sent has its reply. */
  get isSettled(): boolean {
    return this.#inFlight === 0;
  }

  /** Whether it is the server's turn, and not that of whoever reads our output. */
  get isWaiting(): boolean {
    return !this.isSettled && !this.#output.writableNeedDrain;
  }

  /** Sends the lines that wait, and half-closes after the last. */
  send(): void {
    if (this.#connection.destroyed) return;
    const lines = this.#lines.all();
    if (lines.length > 0) {
      this.#inFlight += lines.length;
      this.#connection.write(`${lines.join('\n')}\n`);
    }
    if (this.#lines.ended) this.#connection.end();
    if (this.#inFlight < LINES_IN_FLIGHT) this.#lines.readOn();
    else this.#lines.hold();
    this.#moved();
  }

  /** Several lines that are entered together are sent together. */
  sendSoon(): void {
    if (this.#lines.waiting <= 1) setImmediate(() => this.send());
  }

  #receive(bytes: Buffer): void {
    const { text, count } = this.#replies.receive(bytes);
    this.#inFlight -= count;
    this.#tally.count(text, count);
    if (!this.#output.write(text)) this.#waitForReader();
    this.send();
  }

  #waitForReader(): void {
    this.#connection.pause();
    this.#output.once('drain', () => {
      this.#connection.resume();
      this.#moved();
    });
  }
}
