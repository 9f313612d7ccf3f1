/**
 * One client of a select loop: a non-blocking socket, its conversation, and what the socket would
 * not take yet. A client is either read from, or, while it has replies to read, written to: so
 * what one client can make the server hold is one receive and one turn of replies.
 */
import { Buffer } from 'node:buffer';
import type { Conversation, Counts } from '../../protocol/conversation.ts';
import { PAUSE_MS } from '../../protocol/framing.ts';
import { ReplyBuffer } from '../../protocol/reply-buffer.ts';
import { type Socket, WOULD_BLOCK } from '../../sockets/socket.ts';
import { SystemError, survivable } from '../../sockets/system-error.ts';
import type { MaybeIdle } from '../idle-timeout.ts';
import { RECEIVE_BYTES } from '../limits.ts';
import { departure } from '../log/log.ts';
import { answerTurn } from '../time-slice.ts';
import type { SelectLoop, Watcher } from './select-loop.ts';
import type { Timer } from './timers.ts';

/** Shared by all sessions: none needs them beyond its turn. */
const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();

export class Session implements Watcher, MaybeIdle {
  readonly fd: number;
  readonly #socket: Socket;
  readonly #loop: SelectLoop;
  readonly #conversation: Conversation;
  readonly #onEnd: (session: Session, reason: string) => void;
  #unsent: Buffer | undefined;
  #inputWaits = false;
  #inputEnded = false;
  /** The server stops: what has arrived by now is all the input there will be. */
  #finishing = false;
  /** All is said; what still comes in is discarded until the client closes too. */
  #closing = false;
  #ended = false;
  #pause: Timer | undefined;
  /** Since `endIfIdle` last looked. */
  #hasSpoken = true;
  /** When a look last found that it had spoken, or that replies waited for it. */
  #idleSince = 0;

  constructor(
    loop: SelectLoop,
    socket: Socket,
    conversation: Conversation,
    onEnd: (session: Session, reason: string) => void,
  ) {
    this.fd = socket.fd;
    this.#socket = socket;
    this.#loop = loop;
    this.#conversation = conversation;
    this.#onEnd = onEnd;
    loop.watchReads(this);
  }

  get counts(): Counts {
    return this.#conversation;
  }

  readonly readable = (): void => {
    this.#attempt(this.#receiveReady);
  };

  /** One for all turns: a busy server would make a hundred thousand a second. */
  readonly #receiveReady = (): void => this.#receive();

  writable(): void {
    this.#attempt(() => {
      const unsent = this.#unsent as Buffer;
      const sent = this.#socket.send(unsent);
      if (sent === WOULD_BLOCK) return;
      this.#unsent = sent < unsent.length ? unsent.subarray(sent) : undefined;
      this.#waitForNext();
    });
  }

  /** The server stops: answers what has arrived, delivers the replies, and closes. */
  finish(): void {
    this.#finishing = true;
    if (!this.#unsent && !this.#inputWaits) this.readable();
  }

  /** Looks for what it has said once more before it judges: others may have had their turns. */
  endIfIdle(seconds: number, now: number): void {
    if (this.#finishing) return;
    if (this.#hasSpoken || this.#unsent || this.#inputWaits) {
      this.#hasSpoken = false;
      this.#idleSince = now;
    } else if (now - this.#idleSince >= 1000 * seconds) {
      this.#attempt(() => {
        this.#receive();
        if (!this.#ended && !this.#hasSpoken && this.#hasDelivered()) {
          this.end(departure.idle(seconds));
        }
      });
    }
  }

  /** Closes the connection as it is. */
  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelPause();
    this.#loop.forget(this);
    this.#socket.close();
    this.#onEnd(this, reason);
  }

  /** A peer's failure ends that peer, never the server. */
  #attempt(work: () => void): void {
    if (this.#ended) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.end(departure.failed(error));
    }
  }

  /** @param silent whether the client's unfinished bytes have waited for more long enough. */
  #receive(silent = false): void {
    const received = this.#socket.recv(input);
    if (this.#closing) {
      if (received === 0) this.end(departure.serverStopped);
      return;
    }
    if (received === WOULD_BLOCK) {
      if (this.#finishing) this.#endInput(false);
      else if (silent) this.#conversation.pause();
      else return;
    } else if (received === 0) {
      this.#endInput(true);
    } else {
      this.#hasSpoken = true;
      this.#conversation.receive(input, received);
    }
    this.#answer();
  }

  #endInput(clientHasClosed: boolean): void {
    this.#inputEnded = true;
    if (clientHasClosed) this.#finishing = false;
    this.#conversation.end();
  }

  #answer(): void {
    this.#cancelPause();
    this.#inputWaits = answerTurn(this.#conversation, replies);
    if (this.#inputWaits) this.#conversation.keepInput();
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
      this.#loop.ignoreReads(this);
      this.#loop.watchWrites(this);
      return;
    }
    this.#loop.ignoreWrites(this);
    if (this.#inputWaits) {
      this.#loop.ignoreReads(this);
      this.#loop.atEndOfTurn(this.#goOn);
    } else if (this.#inputEnded) {
      this.#close();
    } else if (this.#finishing) {
      this.#loop.ignoreReads(this);
      this.#loop.atEndOfTurn(this.readable);
    } else {
      this.#loop.watchReads(this);
      if (this.#conversation.unfinished) {
        this.#pause = this.#loop.after(PAUSE_MS, this.#paused);
      }
    }
  }

  /**
   * Closes when all is said. A client that has closed its direction, or has all its replies and
   * sends nothing, can simply be closed. To others the unread input would mean a reset, which may
   * destroy replies on their way: they get the end of the stream, and time to close first.
   */
  #close(): void {
    if (!this.#finishing) {
      this.end(departure.closedByClient);
    } else if (this.#hasDelivered()) {
      this.end(departure.serverStopped);
    } else {
      this.#closing = true;
      this.#socket.shutdown('write');
      this.#loop.watchReads(this);
    }
  }

  /** Whether the client's system has all that was sent; false also when that cannot be found out. */
  #hasDelivered(): boolean {
    try {
      return this.#socket.unacknowledged() === 0;
    } catch (error) {
      survivable(error);
      return false;
    }
  }

  readonly #goOn = (): void => {
    this.#attempt(() => this.#answer());
  };

  /** The rest of a message may have arrived while others had their turns: look before judging. */
  readonly #paused = (): void => {
    this.#pause = undefined;
    this.#attempt(() => this.#receive(true));
  };

  #cancelPause(): void {
    if (!this.#pause) return;
    this.#loop.cancel(this.#pause);
    this.#pause = undefined;
  }
}
