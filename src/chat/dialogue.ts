/**
 * One connection, on which a line is sent, its reply is heard, and then the next line is sent; and
 * whatever else the server says between.
 */
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import { LateReplies } from './late-replies.ts';
import { LONGEST_REPLY, REPLY_PAUSE_MS, ReplyReader } from './reply-reader.ts';
import { Silence } from './silence.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/**
 * A server that greets, or refuses, does so at once. Nothing is asked before it has been silent for
 * this long, or a greeting would be taken for the first reply.
 */
const GREETING_MS = 50;

/** A server closes at once when its client does; on a busy machine that takes a moment. */
const LEAVING_MS = 200;

interface Events {
  /** The server can be asked: it has greeted, if it does, or a reply that was cut has ended. */
  ready(): void;
  /** Bytes of a reply, as they come. */
  heard(message: string, bytes: Buffer): void;
  replied(exchange: Exchange): void;
  /** The server spoke without being asked. */
  said(text: string, late: boolean): void;
  /** The connection is no more; last of all. */
  left(trouble: Trouble): void;
  /** The server does not stop talking. */
  floods(trouble: Trouble): void;
}

export interface Bounds {
  /** How long a greeting or a reply may take. */
  readonly patienceMs: number;
  /** So long what comes is held back. */
  readonly delayMs: number;
  /**
   * Whether somebody sees what comes and can end it. Then a reply that is too long is cut; else it is
   * a failure, and so is too much that was not asked for.
   */
  readonly isAttended: boolean;
}

export class Dialogue {
  readonly connection: Socket;
  readonly #events: Events;
  readonly #replies = new ReplyReader();
  readonly #lateReplies: LateReplies;
  readonly #bounds: Bounds;
  /** A reply that was cut is ending until all of it has come. */
  #state: 'greeting' | 'idle' | 'waiting' | 'ending' | 'closed' = 'greeting';
  #message = '';
  #sentAt = { date: new Date(), clock: 0 };
  /** Bytes since the last line was asked, or answered. */
  #received = 0;
  /** Bytes since we began to leave. */
  #dropped = 0;
  /** Ends the greeting. */
  readonly #greeted = new Silence();
  #greetingEnd: NodeJS.Timeout | undefined;
  /** Ends a reply without LF. */
  readonly #pause = new Silence();
  #takenOver: ((bytes: Buffer) => void) | undefined;

  constructor(connection: Socket, bounds: Bounds, events: Events) {
    const { patienceMs, delayMs } = bounds;
    this.#events = events;
    this.#bounds = bounds;
    this.#lateReplies = new LateReplies(patienceMs);
    const inTime = (action: () => void): unknown =>
      delayMs > 0 ? setTimeout(action, delayMs) : action();
    const ended = (): unknown =>
      inTime(() => this.#left({ reason: 'the server closed the connection', code: 'EOF' }));
    this.connection = connection
      .on('data', bytes => inTime(() => this.#receive(bytes)))
      .on('error', error => inTime(() => this.#left(troubleOf(error))))
      .on('end', ended)
      .on('close', ended);
    this.#greeted.await(GREETING_MS, () => this.#start());
  }

  /** Whether nothing has been asked yet. */
  get isGreeting(): boolean {
    return this.#state === 'greeting';
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Whether a reply was given, but the rest of it is still coming and dropped. */
  get isEnding(): boolean {
    return this.#state === 'ending';
  }

  /** Whether the server has begun to say something, and has not ended it. */
  get isHearing(): boolean {
    return this.#replies.hasBegun;
  }

  ask(message: string): void {
    this.#state = 'waiting';
    this.#received = 0;
    this.#message = message;
    this.#sentAt = { date: new Date(), clock: performance.now() };
    this.connection.write(`${message}\n`);
  }

  /** Waits no longer for the reply. */
  giveUp(): void {
    if (this.isWaiting) this.#lateReplies.gaveUp();
    this.#state = 'idle';
  }

  /** From now on somebody else sends, and hears what comes. */
  handOver(receive: (bytes: Buffer) => void): Socket {
    this.#takenOver = receive;
    return this.connection;
  }

  /**
   * Half-closes, and waits a moment for the server to close. What it still sends is read and dropped:
   * to close over it would reset the connection, which ends many servers.
   */
  leave(left: () => void): void {
    this.#stop();
    if (this.connection.destroyed) {
      left();
      return;
    }
    const timer = setTimeout(() => this.connection.destroy(), LEAVING_MS);
    this.connection.once('close', () => {
      clearTimeout(timer);
      left();
    });
    this.connection.resume().end();
  }

  /** What comes while we leave. A server that does not stop is not waited for. */
  #drop(bytes: Buffer): void {
    this.#dropped += bytes.length;
    if (this.#dropped > LONGEST_REPLY) this.connection.destroy();
  }

  /** Drops the connection. */
  close(): void {
    this.#stop();
    this.connection.destroy();
  }

  #stop(): void {
    this.#state = 'closed';
    this.#greeted.stop();
    clearTimeout(this.#greetingEnd);
    this.#pause.stop();
  }

  #start(): void {
    clearTimeout(this.#greetingEnd);
    this.#finishReply();
    this.#state = 'idle';
    this.#received = 0;
    this.#events.ready();
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'closed') {
      this.#drop(bytes);
      return;
    }
    if (this.#takenOver) {
      this.#takenOver(bytes);
      return;
    }
    this.#received += bytes.length;
    if (this.#received > LONGEST_REPLY && (this.isGreeting || !this.#bounds.isAttended)) {
      this.#events.floods({ reason: this.#excess, code: 'EMSGSIZE' });
      return;
    }
    if (this.isGreeting) this.#awaitEndOfGreeting();
    this.#pause.stop();
    if (this.isWaiting) this.#events.heard(this.#message, bytes);
    const reply = this.#replies.receive(bytes, this.isWaiting);
    if (reply !== undefined) this.#replied(reply);
    else this.#endCutReply();
    if (this.#replies.unfinished) {
      this.#pause.await(REPLY_PAUSE_MS, () => this.#finishReply());
    }
  }

  /** What is too much of what the server says. */
  get #excess(): string {
    if (this.isGreeting) return 'the greeting is longer than 1 MiB';
    if (this.isWaiting) return 'the reply is longer than 1 MiB';
    return 'the server sent more than 1 MiB unasked';
  }

  /** Each byte that comes starts the silence anew, but not the time that a greeting may take. */
  #awaitEndOfGreeting(): void {
    this.#greeted.await(GREETING_MS, () => this.#start());
    this.#greetingEnd ??= setTimeout(
      () => this.#events.floods({ reason: 'the greeting does not end', code: 'ETIMEDOUT' }),
      this.#bounds.patienceMs,
    );
  }

  #finishReply(): void {
    const reply = this.#replies.finish();
    if (reply !== undefined) this.#replied(reply);
    else this.#endCutReply();
  }

  #endCutReply(): void {
    if (!this.isEnding || this.#replies.isCut) return;
    this.#state = 'idle';
    this.#events.ready();
  }

  #replied(text: string): void {
    if (!this.isWaiting) {
      this.#events.said(text, this.#lateReplies.came());
      return;
    }
    this.#state = this.#replies.isCut ? 'ending' : 'idle';
    this.#received = 0;
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
