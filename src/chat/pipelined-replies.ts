/**
 * Replies that come many at a time, from a server that is known to end each with LF. Whole lines
 * are made fit for display together; the beginning of one waits for its end.
 */
import { Buffer } from 'node:buffer';
import { displayable } from './displayable.ts';

const LF = 0x0a;

/** What needs no care: printable ASCII, tab and LF. */
const PLAIN = /^[\t\n -~]*$/;

/** Pieces kept apart: each takes a hundred bytes, however short it is. */
const MOST_PIECES = 1000;

interface Replies {
  /** Those that are complete and owed, a line each. */
  readonly text: string;
  /** How many these are. */
  readonly count: number;
  /** How many more there were than are owed. */
  readonly surplus: number;
}

export class PipelinedReplies {
  /** The beginning of a line, in pieces: to join them each time would copy it again and again. */
  #rest: Buffer[] = [];
  #restLength = 0;

  /** Bytes of a reply whose end is still to come. */
  get unfinishedBytes(): number {
    return this.#restLength;
  }

  receive(bytes: Buffer, owed: number): Replies {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#keep(bytes);
      return { text: '', count: 0, surplus: 0 };
    }
    const head = bytes.subarray(0, end);
    const lines = this.#restLength > 0 ? Buffer.concat([...this.#rest, head]) : head;
    this.#rest = [];
    this.#restLength = 0;
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    const count = lineFeeds(lines);
    const text = (count > owed ? firstLines(lines, owed) : lines).toString('utf8');
    return {
      text: PLAIN.test(text) ? text : fitForDisplay(text),
      count: Math.min(count, owed),
      surplus: Math.max(0, count - owed),
    };
  }

  /** A copy, because a few bytes would else hold the whole buffer that they came in. */
  #keep(bytes: Buffer): void {
    if (this.#rest.length >= MOST_PIECES) this.#rest = [Buffer.concat(this.#rest)];
    this.#rest.push(Buffer.from(bytes));
    this.#restLength += bytes.length;
  }
}

function fitForDisplay(text: string): string {
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
