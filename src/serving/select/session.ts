/**
 * One client of a select loop: a non-blocking socket, its conversation, and the replies that the
 * socket has not taken yet. The client is either read from or, while replies are unsent, written to.
 * So the server holds at most one receive and one time slice of replies for each client.
 */
import { Buffer } from 'node:buffer';
import { answerTimeSlice, type Conversation, type Counts } from '../../protocol/conversation.ts';
import { PAUSE_MS } from '../../protocol/framing.ts';
import { ReplyBuffer } from '../../protocol/reply-buffer.ts';
import { type Socket, WOULD_BLOCK } from '../../sockets/socket.ts';
import { system } from '../../sockets/system-calls.ts';
import { SystemError, survivable } from '../../sockets/system-error.ts';
import { RECEIVE_BYTES, TIME_SLICE_MS } from '../limits.ts';
import { disconnectReason } from '../log/log.ts';
import type { EventHandler, SelectLoop } from './select-loop.ts';
import type { Timer } from './timers.ts';

/** Shared by all sessions: each uses them only while one of its methods runs. */
const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();

export class Session implements EventHandler {
  readonly fd: number;
  readonly #socket: Socket;
  readonly #loop: SelectLoop;
  readonly #conversation: Conversation;
  readonly #onDisconnected: (session: Session, reason: string) => void;
  #unsent: Buffer | undefined;
  /** The time slice was over before all input was answered. */
  #hasInput = false;
  #inputEnded = false;
  /** The server stops: what has arrived by now is answered, and nothing after it. */
  #isDraining = false;
  /** All replies are sent; what still arrives is discarded until the client closes. */
  #isLingering = false;
  #isDisconnected = false;
  /** Runs while the client's last bytes may be a whole message without a line feed. */
  #pauseTimer: Timer | undefined;
  /** The client has sent something since the last call of `disconnectIfIdle`. */
  #wasActive = true;
  #idleSince = 0;

  constructor(
    loop: SelectLoop,
    socket: Socket,
    conversation: Conversation,
    onDisconnected: (session: Session, reason: string) => void,
  ) {
    this.fd = socket.fd;
    this.#socket = socket;
    this.#loop = loop;
    this.#conversation = conversation;
    this.#onDisconnected = onDisconnected;
    loop.watchReads(this);
  }

  get counts(): Counts {
    return this.#conversation;
  }

  readonly onReadable = (): void => {
    this.#attempt(this.#receiveReady);
  };

  /** One closure for all ticks; otherwise a busy server would create 100,000 per second. */
  readonly #receiveReady = (): void => this.#receive();

  onWritable(): void {
    this.#attempt(() => {
      const unsent = this.#unsent as Buffer;
      const sent = this.#socket.send(unsent);
      if (sent === WOULD_BLOCK) return;
      this.#unsent = sent < unsent.length ? unsent.subarray(sent) : undefined;
      this.#waitForNext();
    });
  }

  /** The server stops: answers what has arrived, sends the replies, and closes. */
  drain(): void {
    this.#isDraining = true;
    if (!this.#unsent && !this.#hasInput) this.onReadable();
  }

  /** Receives once more before it decides: the client may have sent during this tick. */
  disconnectIfIdle(seconds: number, now: number): void {
    if (this.#isDraining) return;
    if (this.#wasActive || this.#unsent || this.#hasInput) {
      this.#wasActive = false;
      this.#idleSince = now;
    } else if (now - this.#idleSince >= 1000 * seconds) {
      this.#attempt(() => {
        this.#receive();
        if (this.#isDisconnected || this.#wasActive || !this.#hasDelivered()) return;
        this.disconnect(disconnectReason.idle(seconds));
      });
    }
  }

  /** Closes the connection at once, even if replies are unsent. */
  disconnect(reason: string): void {
    if (this.#isDisconnected) return;
    this.#isDisconnected = true;
    this.#cancelPauseTimer();
    this.#loop.unwatch(this);
    this.#socket.close();
    this.#onDisconnected(this, reason);
  }

  /** A failing client is disconnected; the server goes on. */
  #attempt(work: () => void): void {
    if (this.#isDisconnected) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.disconnect(disconnectReason.failed(error));
    }
  }

  /** @param hasPaused whether the pause that ends a message without a line feed is over. */
  #receive(hasPaused = false): void {
    const received = this.#socket.recv(input);
    if (this.#isLingering) {
      if (received === 0) this.disconnect(disconnectReason.serverStopped);
      return;
    }
    if (received === WOULD_BLOCK) {
      if (this.#isDraining) this.#endInput();
      else if (hasPaused) this.#conversation.pause();
      else return;
    } else if (received === 0) {
      // The client has closed its direction, so `#close` need not wait for it.
      this.#isDraining = false;
      this.#endInput();
    } else {
      this.#wasActive = true;
      this.#conversation.receive(input, received);
    }
    this.#answer();
  }

  #endInput(): void {
    this.#inputEnded = true;
    this.#conversation.end();
  }

  #answer(): void {
    this.#cancelPauseTimer();
    this.#hasInput = answerTimeSlice(this.#conversation, replies, system.now, TIME_SLICE_MS);
    if (this.#hasInput) this.#conversation.retainInput();
    if (replies.length > 0) this.#send();
    this.#waitForNext();
  }

  #send(): void {
    const result = this.#socket.send(replies.bytes, replies.length);
    const sent = result === WOULD_BLOCK ? 0 : result;
    if (sent < replies.length) {
      this.#unsent = Buffer.from(replies.bytes.subarray(sent, replies.length));
    }
  }

  #waitForNext(): void {
    if (this.#unsent) {
      this.#loop.unwatchReads(this);
      this.#loop.watchWrites(this);
      return;
    }
    this.#loop.unwatchWrites(this);
    if (this.#hasInput) {
      this.#loop.unwatchReads(this);
      this.#loop.atEndOfTick(this.#answerNext);
    } else if (this.#inputEnded) {
      this.#close();
    } else if (this.#isDraining) {
      this.#loop.unwatchReads(this);
      this.#loop.atEndOfTick(this.onReadable);
    } else {
      this.#loop.watchReads(this);
      if (this.#conversation.hasPartialMessage) {
        this.#pauseTimer = this.#loop.after(PAUSE_MS, this.#onPause);
      }
    }
  }

  /**
   * All replies are sent. A client that has closed its direction, or has acknowledged all replies,
   * can be disconnected. Any other may still send: then closing would reset the connection, which may
   * destroy replies on their way. So we end only our direction, and wait until the client closes.
   */
  #close(): void {
    if (!this.#isDraining) {
      this.disconnect(disconnectReason.closedByClient);
    } else if (this.#hasDelivered()) {
      this.disconnect(disconnectReason.serverStopped);
    } else {
      this.#isLingering = true;
      this.#socket.shutdown('write');
      this.#loop.watchReads(this);
    }
  }

  /** Whether the client's system has acknowledged all replies; false also when that is unknown. */
  #hasDelivered(): boolean {
    try {
      return this.#socket.unacknowledged() === 0;
    } catch (error) {
      survivable(error);
      return false;
    }
  }

  readonly #answerNext = (): void => {
    this.#attempt(() => this.#answer());
  };

  /** The rest of the message may have arrived while others were served, so it receives first. */
  readonly #onPause = (): void => {
    this.#pauseTimer = undefined;
    this.#attempt(() => this.#receive(true));
  };

  #cancelPauseTimer(): void {
    if (!this.#pauseTimer) return;
    this.#loop.cancel(this.#pauseTimer);
    this.#pauseTimer = undefined;
  }
}
