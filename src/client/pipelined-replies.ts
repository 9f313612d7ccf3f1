/**
 * Replies that come many at a time, from a server that is known to end each with LF. Whole lines
 * are made fit for display together; the beginning of one waits for its end.
 */
import { Buffer } from 'node:buffer';
import { displayable } from './displayable.ts';

const LF = 0x0a;

/** What needs no care: printable ASCII, tab and LF. */
const PLAIN = /^[\t\n -~]*$/;

const NOTHING: Buffer = Buffer.alloc(0);

export class PipelinedReplies {
  #rest = NOTHING;

  /** @returns the replies that are complete, a line each, and how many they are. */
  receive(bytes: Buffer): { text: string; count: number } {
    const end = bytes.lastIndexOf(LF) + 1;
    if (end === 0) {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      return { text: '', count: 0 };
    }
    const head = bytes.subarray(0, end);
    const lines = this.#rest.length > 0 ? Buffer.concat([this.#rest, head]) : head;
    this.#rest = Buffer.from(bytes.subarray(end));
    const text = lines.toString('utf8');
    return { text: PLAIN.test(text) ? text : fitForDisplay(text), count: lineFeeds(lines) };
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
