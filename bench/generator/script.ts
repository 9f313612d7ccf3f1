/**
 * What is said and what must come back: a file of lines "message TAB reply", repeated for ever.
 * Both sides are laid out as one long run of bytes each, so that any number of messages goes out
 * from one place and anything received is compared at once. script.h in TypeScript.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';

export const RECEIVE_BYTES = 64 * 1024;

const LF = 0x0a;

export class Script {
  readonly lines: number;
  /** Messages with their LF, round and round. */
  readonly out: Buffer;
  /** Replies with their LF, round and round. */
  readonly in: Buffer;
  /** Bytes of one round of replies. */
  readonly inLength: number;
  /** By line: where its message begins in `out`; at last the length of a round. */
  readonly #starts: number[];
  /** By position in `in`: replies that end before it. */
  readonly #repliesBefore: Uint32Array;

  /** @param inFlight messages that go out at once, at most. */
  constructor(path: string, inFlight: number) {
    const pairs = readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line.includes('\t'))
      .map(line => line.split('\t') as [message: string, reply: string]);
    const messages = pairs.map(([message]) => Buffer.from(`${message}\n`));
    const replies = Buffer.from(pairs.map(([, reply]) => `${reply}\n`).join(''));
    this.lines = pairs.length;
    this.#starts = [0];
    for (const { length } of messages) this.#starts.push((this.#starts.at(-1) as number) + length);
    const rounds = Math.floor(inFlight / this.lines) + 2;
    this.out = Buffer.concat(Array.from({ length: rounds }, () => messages).flat());
    this.inLength = replies.length;
    this.in = Buffer.alloc(replies.length + RECEIVE_BYTES, replies);
    this.#repliesBefore = new Uint32Array(this.in.length + 1);
    let count = 0;
    for (const [position, byte] of this.in.entries()) {
      if (byte === LF) count++;
      this.#repliesBefore[position + 1] = count;
    }
  }

  /** Where the message of a line begins in `out`. */
  startOf(line: number): number {
    return this.#starts[line] as number;
  }

  /** Bytes of `count` messages from line `from` on. */
  bytesOf(from: number, count: number): number {
    const rounds = Math.floor((from + count) / this.lines);
    const last = this.startOf((from + count) % this.lines);
    return rounds * this.startOf(this.lines) + last - this.startOf(from);
  }

  /** Replies that end in bytes `from` to `to` of `in`. */
  repliesIn(from: number, to: number): number {
    return (this.#repliesBefore[to] as number) - (this.#repliesBefore[from] as number);
  }
}
