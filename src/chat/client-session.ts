/**
 * One connection to a server. A line is sent, and the next bytes are its reply; bytes that come when no
 * line is waiting are unsolicited. A server may greet first: that too is recognised only by time.
 */
import type { Socket } from 'node:net';
import { type Failure, failureOf } from './connector.ts';
import { LateReplies, LONGEST_REPLY, PauseTimer, REPLY_PAUSE_MS, ReplyReader } from './replies.ts';

/**
 * Nothing is sent until the server has been quiet for this long, or a greeting would be taken for the
 * first reply. A server that greets or refuses does so at once.
 */
const GREETING_MS = 50;

/** A server closes at once when its client has half-closed; on a busy machine that takes a moment. */
const CLOSING_MS = 200;

/** A line and its reply. */
export interface Exchange {
  readonly message: string;
  readonly reply: string;
  /** When the message was sent. */
  readonly at: Date;
  /** From sending the message to the end of the reply. */
  readonly milliseconds: number;
  /** The reply may belong to an earlier line instead: see LateReplies. */
  readonly isDoubtful: boolean;
}

interface SessionEvents {
  /** A line can be sent: the greeting is over, or the rest of a truncated reply. */
  onReady(): void;
  /** Bytes of a reply, as they come. */
  onReplyBytes(message: string, bytes: Buffer): void;
  onReply(exchange: Exchange): void;
  onUnsolicited(text: string, isLate: boolean): void;
  /** The last event: the connection is closed. */
  onDisconnected(failure: Failure): void;
  /** The server sends more than the client keeps, or greets without end. */
  onExcess(failure: Failure): void;
}

export interface SessionLimits {
  /** For the greeting, and for late replies. */
  readonly timeoutMs: number;
  /** What is received is held back for this long. */
  readonly delayMs: number;
  /**
   * A user sees what comes and can stop it. Then a reply that is too long is truncated, and any number
   * of unsolicited bytes is shown; otherwise both are failures.
   */
  readonly isInteractive: boolean;
}

export class ClientSession {
  readonly connection: Socket;
  readonly #events: SessionEvents;
  readonly #limits: SessionLimits;
  readonly #replies = new ReplyReader();
  readonly #lateReplies: LateReplies;
  #state: 'greeting' | 'idle' | 'waiting' | 'truncated' | 'closed' = 'greeting';
  #message = '';
  #sentAt = { date: new Date(), clock: 0 };
  /** Bytes since the last line was sent or answered. */
  #received = 0;
  /** Bytes since we half-closed. */
  #dropped = 0;
  readonly #greetingPause = new PauseTimer();
  #greetingDeadline: NodeJS.Timeout | undefined;
  readonly #replyPause = new PauseTimer();
  #detached: ((bytes: Buffer) => void) | undefined;

  constructor(connection: Socket, limits: SessionLimits, events: SessionEvents) {
    this.#events = events;
    this.#limits = limits;
    this.#lateReplies = new LateReplies(limits.timeoutMs);
    const delayed = (action: () => void): unknown =>
      limits.delayMs > 0 ? setTimeout(action, limits.delayMs) : action();
    const ended = (): unknown =>
      delayed(() =>
        this.#disconnected({ reason: 'the server closed the connection', code: 'EOF' }),
      );
    this.connection = connection
      .on('data', bytes => delayed(() => this.#receive(bytes)))
      .on('error', error => delayed(() => this.#disconnected(failureOf(error))))
      .on('end', ended)
      .on('close', ended);
    this.#greetingPause.restart(GREETING_MS, () => this.#endGreeting());
  }

  /** Whether no line has been sent yet, because the server may still be greeting. */
  get isGreeting(): boolean {
    return this.#state === 'greeting';
  }

  /** Whether a reply is due. */
  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Whether the last reply was truncated, and the rest of it is still coming and dropped. */
  get isTruncated(): boolean {
    return this.#state === 'truncated';
  }

  /** Whether a part of a text has come and its end has not. */
  get isReceiving(): boolean {
    return this.#replies.hasBegun;
  }

  send(message: string): void {
    this.#state = 'waiting';
    this.#received = 0;
    this.#message = message;
    this.#sentAt = { date: new Date(), clock: performance.now() };
    this.connection.write(`${message}\n`);
  }

  /** Stops waiting for the reply. It may still come, as a late one. */
  abandonReply(): void {
    if (this.isWaiting) this.#lateReplies.abandon();
    this.#state = 'idle';
  }

  /** From now on the caller sends on the connection, and gets each byte that comes. */
  detach(receive: (bytes: Buffer) => void): Socket {
    this.#detached = receive;
    return this.connection;
  }

  /**
   * Half-closes, and waits a moment for the server to close. What still comes is read and dropped:
   * close(2) with unread bytes would reset the connection, and a reset ends many servers.
   */
  halfClose(onClosed: () => void): void {
    this.#stop();
    if (this.connection.destroyed) {
      onClosed();
      return;
    }
    const timer = setTimeout(() => this.connection.destroy(), CLOSING_MS);
    this.connection.once('close', () => {
      clearTimeout(timer);
      onClosed();
    });
    this.connection.resume().end();
  }

  /** Closes without waiting. */
  destroy(): void {
    this.#stop();
    this.connection.destroy();
  }

  #stop(): void {
    this.#state = 'closed';
    this.#greetingPause.stop();
    clearTimeout(this.#greetingDeadline);
    this.#replyPause.stop();
  }

  #receive(bytes: Buffer): void {
    if (this.#state === 'closed') {
      this.#drop(bytes);
      return;
    }
    if (this.#detached) {
      this.#detached(bytes);
      return;
    }
    this.#received += bytes.length;
    if (this.#received > LONGEST_REPLY && (this.isGreeting || !this.#limits.isInteractive)) {
      this.#events.onExcess({ reason: this.#excess, code: 'EMSGSIZE' });
      return;
    }
    if (this.isGreeting) this.#continueGreeting();
    this.#replyPause.stop();
    if (this.isWaiting) this.#events.onReplyBytes(this.#message, bytes);
    this.#deliver(this.#replies.receive(bytes, this.isWaiting));
    if (this.#replies.endsAtPause) {
      this.#replyPause.restart(REPLY_PAUSE_MS, () => this.#deliver(this.#replies.flush()));
    }
  }

  /** A server that sends without end is not waited for. */
  #drop(bytes: Buffer): void {
    this.#dropped += bytes.length;
    if (this.#dropped > LONGEST_REPLY) this.connection.destroy();
  }

  get #excess(): string {
    if (this.isGreeting) return 'the greeting is longer than 1 MiB';
    if (this.isWaiting) return 'the reply is longer than 1 MiB';
    return 'the server sent more than 1 MiB of unsolicited data';
  }

  /** Each byte restarts the pause that ends the greeting, but not the deadline. */
  #continueGreeting(): void {
    this.#greetingPause.restart(GREETING_MS, () => this.#endGreeting());
    this.#greetingDeadline ??= setTimeout(
      () =>
        this.#events.onExcess({ reason: 'the greeting did not end in time', code: 'ETIMEDOUT' }),
      this.#limits.timeoutMs,
    );
  }

  #endGreeting(): void {
    clearTimeout(this.#greetingDeadline);
    this.#deliver(this.#replies.flush());
    this.#state = 'idle';
    this.#received = 0;
    this.#events.onReady();
  }

  /** @param text what has come, if it is complete. */
  #deliver(text: string | undefined): void {
    if (text === undefined) this.#endTruncatedReply();
    else if (this.isWaiting) this.#deliverReply(text);
    else this.#events.onUnsolicited(text, this.#lateReplies.take());
  }

  #endTruncatedReply(): void {
    if (!this.isTruncated || this.#replies.isTruncated) return;
    this.#state = 'idle';
    this.#events.onReady();
  }

  #deliverReply(text: string): void {
    this.#state = this.#replies.isTruncated ? 'truncated' : 'idle';
    this.#received = 0;
    const { late, reply, isDoubtful } = this.#lateReplies.split(text);
    for (const one of late) this.#events.onUnsolicited(one, true);
    this.#events.onReply({
      message: this.#message,
      reply,
      at: this.#sentAt.date,
      milliseconds: performance.now() - this.#sentAt.clock,
      isDoubtful,
    });
  }

  #disconnected(failure: Failure): void {
    if (this.#state === 'closed') return;
    this.#deliver(this.#replies.flush());
    this.#events.onDisconnected(failure);
  }
}
