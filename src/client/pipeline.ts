/** Many lines on their way at a time, to a server that is known to frame by lines. */
import type { Socket } from 'node:net';
import type { Lines } from './lines.ts';
import { PipelinedReplies } from './pipelined-replies.ts';
import type { Tally } from './tally.ts';

/** Lines sent and not replied to: enough to keep both sides busy, little enough to hold. */
const LINES_IN_FLIGHT = 20_000;

export class Pipeline {
  readonly #lines: Lines;
  readonly #connection: Socket;
  readonly #output: NodeJS.WritableStream;
  readonly #tally: Tally;
  readonly #replies = new PipelinedReplies();
  #inFlight = 0;

  constructor(lines: Lines, connection: Socket, output: NodeJS.WritableStream, tally: Tally) {
    this.#lines = lines;
    this.#connection = connection;
    this.#output = output;
    this.#tally = tally;
  }

  /** Whether every line that was sent has its reply. */
  get isSettled(): boolean {
    return this.#inFlight === 0;
  }

  /** Sends the lines that wait, and half-closes after the last. */
  send(): void {
    const lines = this.#lines.all();
    if (lines.length > 0) {
      this.#inFlight += lines.length;
      this.#connection.write(`${lines.join('\n')}\n`);
    }
    if (this.#lines.ended) this.#connection.end();
    if (this.#inFlight < LINES_IN_FLIGHT) this.#lines.readOn();
    else this.#lines.hold();
  }

  receive(bytes: Buffer): void {
    const { text, count } = this.#replies.receive(bytes);
    this.#inFlight -= count;
    this.#tally.count(text, count);
    if (this.#output.write(text)) return;
    this.#connection.pause();
    this.#output.once('drain', () => this.#connection.resume());
  }
}
