/**
 * Sends many lines without waiting for each reply: only to a server that is known to frame by lines
 * and to end each reply with LF (pipelining-probe.ts).
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { displayable } from '../terminal/escapes.ts';
import { timeoutFailure } from './client-messages.ts';
import type { ClientSession } from './client-session.ts';
import type { Failure } from './connector.ts';
import type { InputLines } from './input-lines.ts';
import { LONGEST_REPLY } from './replies.ts';
import type { ReplyCounters } from './run-progress.ts';

/** Lines without a reply: enough to keep both sides busy, and few enough to keep in memory. */
const LINES_IN_FLIGHT = 20_000;

/** Pieces of one reply. Each takes a hundred bytes of memory, however short it is. */
const MOST_PIECES = 1000;

const LF = 0x0a;

/** Text that is shown unchanged: printable ASCII, tab and LF. */
const PLAIN = /^[\t\n -~]*$/;

interface PipelineEvents {
  /** Every line that was sent has its reply. */
  onSettled(): void;
  onFailed(failure: Failure): void;
}

export class Pipeline {
  readonly #lines: InputLines;
  readonly #connection: Socket;
  readonly #output: NodeJS.WriteStream;
  readonly #counters: ReplyCounters;
  readonly #timeoutMs: number;
  readonly #events: PipelineEvents;
  readonly #replies = new PipelinedReplies();
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Takes the connection over from the session. @param timeoutMs for each reply. */
  constructor(
    lines: InputLines,
    session: ClientSession,
    output: NodeJS.WriteStream,
    counters: ReplyCounters,
    timeoutMs: number,
    events: PipelineEvents,
  ) {
    this.#lines = lines;
    this.#connection = session.detach(bytes => this.#receive(bytes));
    this.#output = output;
    this.#counters = counters;
    this.#timeoutMs = timeoutMs;
    this.#events = events;
    this.#connection.on('drain', () => this.send());
  }

  /** Whether every line that was sent has its reply. */
  get isSettled(): boolean {
    return this.#inFlight === 0;
  }

  /** Sends the lines that are waiting. */
  send(): void {
    if (this.#connection.destroyed) return;
    const lines = this.#lines.all();
    if (lines.length > 0) {
      if (this.isSettled) this.#restartTimer();
      this.#inFlight += lines.length;
      this.#connection.write(`${lines.join('\n')}\n`);
    }
    if (this.#inFlight < LINES_IN_FLIGHT && !this.#connection.writableNeedDrain) {
      this.#lines.resume();
    } else {
      this.#lines.pause();
    }
    if (this.isSettled) this.#events.onSettled();
  }

  /** Lines that are read in one piece are sent in one piece. */
  sendSoon(): void {
    if (this.#lines.waiting <= 1) setImmediate(() => this.send());
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #receive(bytes: Buffer): void {
    const { text, count, surplus } = this.#replies.receive(bytes, this.#inFlight);
    this.#inFlight -= count;
    this.#counters.count(text, count);
    const isTaken = this.#output.write(text);
    if (surplus > 0) {
      this.#fail('the server sent more replies than requests', 'EPROTO');
    } else if (this.#replies.partialBytes > LONGEST_REPLY) {
      this.#fail('the reply is longer than 1 MiB', 'EMSGSIZE');
    } else {
      if (count > 0) this.#restartTimer();
      if (!isTaken) this.#pauseUntilDrained();
      this.send();
    }
  }

  /** Only a whole reply restarts it: the time of each reply begins with the reply before it. */
  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#connection.isPaused()) return;
    this.#timer = setTimeout(() => this.#timeOut(), this.#timeoutMs);
  }

  #timeOut(): void {
    if (this.isSettled) return;
    this.#events.onFailed(timeoutFailure(this.#replies.partialBytes > 0));
  }

  /** The time that the reader of our output takes does not count as the server's. */
  #pauseUntilDrained(): void {
    clearTimeout(this.#timer);
    this.#connection.pause();
    this.#output.once('drain', () => {
      this.#connection.resume();
      this.#restartTimer();
    });
  }

  #fail(reason: string, code: string): void {
    this.#events.onFailed({ reason, code });
  }
}

interface Received {
  /** The replies that are complete and due, one per line, fit for display. */
  readonly text: string;
  readonly count: number;
  /** Complete replies that no line asked for. */
  readonly surplus: number;
}

/** Splits received bytes into replies, many at a time. */
export class PipelinedReplies {
  /** The beginning of a reply, in pieces: joining them each time would copy it again and again. */
  #partial: Buffer[] = [];
  #partialBytes = 0;

  get partialBytes(): number {
    return this.#partialBytes;
  }

  /** @param due how many lines have no reply yet. */
  receive(bytes: Buffer, due: number): Received {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#keep(bytes);
      return { text: '', count: 0, surplus: 0 };
    }
    const head = bytes.subarray(0, end);
    const lines = this.#partialBytes > 0 ? Buffer.concat([...this.#partial, head]) : head;
    this.#partial = [];
    this.#partialBytes = 0;
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    const count = lineFeeds(lines);
    const text = (count > due ? firstLines(lines, due) : lines).toString('utf8');
    return {
      text: PLAIN.test(text) ? text : displayableLines(text),
      count: Math.min(count, due),
      surplus: Math.max(0, count - due),
    };
  }

  /** A copy: a few bytes would otherwise keep the whole receive buffer in memory. */
  #keep(bytes: Buffer): void {
    if (this.#partial.length >= MOST_PIECES) this.#partial = [Buffer.concat(this.#partial)];
    this.#partial.push(Buffer.from(bytes));
    this.#partialBytes += bytes.length;
  }
}

function displayableLines(text: string): string {
  const lines = text.slice(0, -1).split('\n');
  return lines.map(line => `${displayable(line)}\n`).join('');
}

function lineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === LF) count++;
  return count;
}

function firstLines(bytes: Buffer, count: number): Buffer {
  let end = 0;
  for (let line = 0; line < count; line++) end = bytes.indexOf(LF, end) + 1;
  return bytes.subarray(0, end);
}
