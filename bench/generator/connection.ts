/**
 * One connection of the load generator: it knows which message is next, where in the replies it
 * is, and when each message in flight was sent, or, in an open loop, should have been.
 */
import { Buffer } from 'node:buffer';
import { Socket, WOULD_BLOCK } from '../../src/sockets/socket.ts';
import { RECEIVE_BYTES, type Script } from './script.ts';

/** Messages in flight on one connection; in an open loop, what is beyond waits. */
const MOST_IN_FLIGHT = 1024;

const received = Buffer.alloc(RECEIVE_BYTES);

export class Connection {
  readonly socket = Socket.open();
  readonly #script: Script;
  readonly #times = new Float64Array(MOST_IN_FLIGHT);
  #line = 0;
  #position = 0;
  #sent = 0;
  #replied = 0;

  constructor(port: number, script: Script) {
    this.#script = script;
    this.socket.connect({ host: '127.0.0.1', port });
    this.socket.setOption('noDelay', 1);
  }

  get isFull(): boolean {
    return this.#sent - this.#replied >= MOST_IN_FLIGHT;
  }

  /** Sends `count` messages, timed `time`. */
  say(count: number, time: number): void {
    const start = this.#script.startOf(this.#line);
    const length = this.#script.bytesOf(this.#line, count);
    const bytes = this.#script.out.subarray(start, start + length);
    if (this.socket.send(bytes) !== length) throw new Error('a send was cut short');
    this.#line = (this.#line + count) % this.#script.lines;
    for (let said = 0; said < count; said++) this.#times[this.#sent++ % MOST_IN_FLIGHT] = time;
  }

  /** Receives and checks what is there. @returns the times of the messages that were replied to. */
  hear(): number[] {
    const length = this.socket.recv(received);
    if (length === WOULD_BLOCK) return [];
    if (length === 0) throw new Error('the server closed a connection');
    const end = this.#position + length;
    if (received.compare(this.#script.in, this.#position, end, 0, length) !== 0) {
      const expected = this.#script.in.toString('latin1', this.#position, end);
      throw new Error(`wrong reply: ${received.toString('latin1', 0, length)} for ${expected}`);
    }
    const count = this.#script.repliesIn(this.#position, end);
    this.#position = end % this.#script.inLength;
    return Array.from(
      { length: count },
      () => this.#times[this.#replied++ % MOST_IN_FLIGHT] as number,
    );
  }
}
