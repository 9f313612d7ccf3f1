/**
 * One connection, on which a line is sent, its reply is heard, and then the next line is sent; and
 * whatever else the server says between.
 */
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import { LateReplies } from './late-replies.ts';
import { REPLY_PAUSE_MS, ReplyReader } from './reply-reader.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/**
 * A server that greets, or refuses, does so at once. Nothing is asked before, or a greeting would
 * be taken for the first reply.
 */
const GREETING_MS = 50;

interface Events {
  /** The server has greeted, if it does, and can be asked. */
  ready(): void;
  /** Bytes of a reply, as they come. */
  heard(message: string, bytes: Buffer): void;
  replied(exchange: Exchange): void;
  /** The server spoke without being asked. */
  said(text: string, late: boolean): void;
  /** The connection is no more; last of all. */
  left(trouble: Trouble): void;
}

export interface Timing {
  /** How long a reply may take. */
  readonly patienceMs: number;
  /** So long what comes is held back. */
  readonly delayMs: number;
}

export class Dialogue {
  readonly connection: Socket;
  readonly #events: Events;
  readonly #replies = new ReplyReader();
  readonly #lateReplies: LateReplies;
  #state: 'greeting' | 'idle' | 'waiting' | 'closed' = 'greeting';
  #message = '';
  #sentAt = { date: new Date(), clock: 0 };
  #greeting: NodeJS.Timeout;
  #pause: NodeJS.Timeout | undefined;
  #takenOver: ((bytes: Buffer) => void) | undefined;

  constructor(connection: Socket, { patienceMs, delayMs }: Timing, events: Events) {
    this.#events = events;
    this.#lateReplies = new LateReplies(patienceMs);
    const inTime = (action: () => void): unknown =>
      delayMs > 0 ? setTimeout(action, delayMs) : action();
    const ended = (): unknown =>
      inTime(() => this.#left({ reason: 'the server closed the connection', code: 'EOF' }));
    this.connection = connection
      .on('data', bytes => inTime(() => this.#received(bytes)))
      .on('error', error => inTime(() => this.#left(troubleOf(error))))
      .on('end', ended)
      .on('close', ended);
    this.#greeting = setTimeout(() => this.#startUnlessGreeted(), GREETING_MS);
  }

  /** Whether nothing has been asked yet. */
  get isGreeting(): boolean {
    return this.#state === 'greeting';
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  ask(message: string): void {
    this.#state = 'waiting';
    this.#message = message;
    this.#sentAt = { date: new Date(), clock: performance.now() };
    this.connection.write(`${message}\n`);
  }

  /** Waits no longer for the reply. */
  giveUp(): void {
    this.#lateReplies.gaveUp();
    this.#state = 'idle';
  }

  /** From now on somebody else sends, and hears what comes. */
  handOver(receive: (bytes: Buffer) => void): Socket {
    this.#takenOver = receive;
    return this.connection;
  }

  /** Nothing more will be asked. */
  finish(): void {
    this.connection.end();
  }

  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#greeting);
    clearTimeout(this.#pause);
    this.connection.destroy();
  }

  #startUnlessGreeted(): void {
    if (this.#replies.unfinished) {
      this.#greeting = setTimeout(() => this.#startUnlessGreeted(), REPLY_PAUSE_MS);
      return;
    }
    this.#state = 'idle';
    this.#events.ready();
  }

  #received(bytes: Buffer): void {
    if (this.#state === 'closed') return;
    if (this.#takenOver) {
      this.#takenOver(bytes);
      return;
    }
    clearTimeout(this.#pause);
    if (this.isWaiting) this.#events.heard(this.#message, bytes);
    const reply = this.#replies.receive(bytes, this.isWaiting);
    if (reply !== undefined) this.#replied(reply);
    else if (this.#replies.unfinished) {
      this.#pause = setTimeout(() => this.#finishReply(), REPLY_PAUSE_MS);
    }
  }

  #finishReply(): void {
    const reply = this.#replies.finish();
    if (reply !== undefined) this.#replied(reply);
  }

  #replied(text: string): void {
    if (!this.isWaiting) {
      this.#events.said(text, this.#lateReplies.came());
      return;
    }
    this.#state = 'idle';
    const { late, reply, isDoubtful } = this.#lateReplies.tellApart(text);
    for (const one of late) this.#events.said(one, true);
    this.#events.replied({
      message: this.#message,
      reply,
      at: this.#sentAt.date,
      milliseconds: performance.now() - this.#sentAt.clock,
      isDoubtful,
    });
  }

  #left(trouble: Trouble): void {
    if (this.#state === 'closed') return;
    this.#finishReply();
    this.#events.left(trouble);
  }
}
