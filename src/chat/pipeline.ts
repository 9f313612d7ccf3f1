/** Many lines on their way at a time, to a server that is known to frame by lines. */
import type { Socket } from 'node:net';
import type { Dialogue } from './dialogue.ts';
import type { Lines } from './lines.ts';
import { PipelinedReplies } from './pipelined-replies.ts';
import { LONGEST_REPLY } from './reply-reader.ts';
import type { Tally } from './tally.ts';
import type { Trouble } from './trouble.ts';

/** Lines sent and not replied to: enough to keep both sides busy, little enough to hold. */
const LINES_IN_FLIGHT = 20_000;

interface Events {
  /** Every line that was sent has its reply. */
  settled(): void;
  failed(trouble: Trouble): void;
}

export class Pipeline {
  readonly #lines: Lines;
  readonly #connection: Socket;
  readonly #output: NodeJS.WriteStream;
  readonly #tally: Tally;
  readonly #patienceMs: number;
  readonly #events: Events;
  readonly #replies = new PipelinedReplies();
  #inFlight = 0;
  #clock: NodeJS.Timeout | undefined;

  /** Takes the conversation over. @param patienceMs how long each reply may take. */
  constructor(
    lines: Lines,
    dialogue: Dialogue,
    output: NodeJS.WriteStream,
    tally: Tally,
    patienceMs: number,
    events: Events,
  ) {
    this.#lines = lines;
    this.#connection = dialogue.handOver(bytes => this.#receive(bytes));
    this.#output = output;
    this.#tally = tally;
    this.#patienceMs = patienceMs;
    this.#events = events;
    this.#connection.on('drain', () => this.send());
  }

  /** Whether every line that was sent has its reply. */
  get isSettled(): boolean {
    return this.#inFlight === 0;
  }

  /** Sends the lines that wait. */
  send(): void {
    if (this.#connection.destroyed) return;
    const lines = this.#lines.all();
    if (lines.length > 0) {
      if (this.isSettled) this.#startClock();
      this.#inFlight += lines.length;
      this.#connection.write(`${lines.join('\n')}\n`);
    }
    if (this.#inFlight < LINES_IN_FLIGHT && !this.#connection.writableNeedDrain) {
      this.#lines.readOn();
    } else {
      this.#lines.hold();
    }
    if (this.isSettled) this.#events.settled();
  }

  /** Several lines that are entered together are sent together. */
  sendSoon(): void {
    if (this.#lines.waiting <= 1) setImmediate(() => this.send());
  }

  close(): void {
    clearTimeout(this.#clock);
  }

  #receive(bytes: Buffer): void {
    const { text, count, surplus } = this.#replies.receive(bytes, this.#inFlight);
    this.#inFlight -= count;
    this.#tally.count(text, count);
    const isTaken = this.#output.write(text);
    if (surplus > 0) {
      this.#fail('the server sent more replies than it was asked for', 'EPROTO');
    } else if (this.#replies.unfinishedBytes > LONGEST_REPLY) {
      this.#fail('the reply is longer than 1 MiB', 'EMSGSIZE');
    } else {
      if (count > 0) this.#startClock();
      if (!isTaken) this.#waitForReader();
      this.send();
    }
  }

  /**
   * Only a whole reply starts the time of the next: each has its own, from the reply before, or from
   * when it was sent if that was later.
   */
  #startClock(): void {
    clearTimeout(this.#clock);
    if (this.#connection.isPaused()) return;
    this.#clock = setTimeout(() => this.#lateReply(), this.#patienceMs);
  }

  #lateReply(): void {
    if (this.isSettled) return;
    const begun = this.#replies.unfinishedBytes > 0;
    this.#fail(begun ? 'the reply does not end' : 'the server is silent', 'ETIMEDOUT');
  }

  /** What its reader takes is no time of the server's. */
  #waitForReader(): void {
    clearTimeout(this.#clock);
    this.#connection.pause();
    this.#output.once('drain', () => {
      this.#connection.resume();
      this.#startClock();
    });
  }

  #fail(reason: string, code: string): void {
    this.#events.failed({ reason, code });
  }
}
