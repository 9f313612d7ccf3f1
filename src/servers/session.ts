/**
 * One client of a select loop: a non-blocking socket, its conversation, and what the socket would
 * not take yet. A client is either read from, or, while it has replies to read, written to: so
 * what one client can make the server hold is one receive and one turn of replies.
 */
import { Buffer } from 'node:buffer';
import type { Conversation } from '../conversation/conversation.ts';
import { PAUSE_MS } from '../conversation/framing.ts';
import { ReplyBuffer } from '../conversation/reply-buffer.ts';
import { type Socket, WOULD_BLOCK } from '../sockets/socket.ts';
import { SystemError } from '../sockets/system-error.ts';
import { RECEIVE_BYTES } from './limits.ts';
import type { SelectLoop, Watcher } from './select-loop.ts';
import type { Timer } from './timers.ts';
import { answerTurn } from './turn.ts';

/** Shared by all sessions: none needs them beyond its turn. */
const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();

/** Why a client left that closed its connection in the usual way. */
export const CLOSED_BY_CLIENT = 'closed by the client';

export class Session implements Watcher {
  readonly fd: number;
  readonly #socket: Socket;
  readonly #loop: SelectLoop;
  readonly #conversation: Conversation;
  readonly #onEnd: (session: Session, reason: string) => void;
  #unsent: Buffer | undefined;
  #inputWaits = false;
  #inputEnded = false;
  #ended = false;
  #pause: Timer | undefined;

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

  readable(): void {
    this.#attempt(() => {
      const received = this.#socket.recv(input);
      if (received === WOULD_BLOCK) return;
      if (received > 0) this.#conversation.receive(input, received);
      else this.#endInput();
      this.#answer();
    });
  }

  writable(): void {
    this.#attempt(() => {
      const unsent = this.#unsent as Buffer;
      const sent = this.#socket.send(unsent);
      if (sent === WOULD_BLOCK) return;
      this.#unsent = sent < unsent.length ? unsent.subarray(sent) : undefined;
      this.#waitForNext();
    });
  }

  /** The server stops: what the client has sent is all there will be. Its replies are delivered. */
  finish(): void {
    this.#attempt(() => this.#socket.shutdown('read'));
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
    try {
      work();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.end(`${error.reason} (${error.code})`);
    }
  }

  #endInput(): void {
    this.#inputEnded = true;
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
    const sent = Math.max(0, this.#socket.send(replies.bytes, replies.length));
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
      this.#loop.again(this.#goOn);
    } else if (this.#inputEnded) {
      this.end(CLOSED_BY_CLIENT);
    } else {
      this.#loop.watchReads(this);
      if (this.#conversation.unfinished) {
        this.#pause = this.#loop.after(PAUSE_MS, this.#paused);
      }
    }
  }

  readonly #goOn = (): void => {
    if (!this.#ended) this.#attempt(() => this.#answer());
  };

  readonly #paused = (): void => {
    this.#pause = undefined;
    this.#conversation.pause();
    this.#attempt(() => this.#answer());
  };

  #cancelPause(): void {
    if (!this.#pause) return;
    this.#loop.cancel(this.#pause);
    this.#pause = undefined;
  }
}
