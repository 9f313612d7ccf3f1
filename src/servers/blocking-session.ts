/**
 * One client of server2, in a thread of its own: receive, answer, send, each call waiting until it
 * is done.
 */
import { Buffer } from 'node:buffer';
import type { Conversation } from '../conversation/conversation.ts';
import { PAUSE_MS } from '../conversation/framing.ts';
import { ReplyBuffer } from '../conversation/reply-buffer.ts';
import { FdSet, INTERRUPTED, select } from '../sockets/select.ts';
import type { Socket } from '../sockets/socket.ts';
import { system } from '../sockets/system-calls.ts';
import { SystemError } from '../sockets/system-error.ts';
import { departure } from './display.ts';
import { GRACE_MS, RECEIVE_BYTES } from './limits.ts';
import type { Output } from './output.ts';
import type { SharedCounts } from './shared-counts.ts';
import { answerTurn } from './turn.ts';

/** How often a stopping thread looks whether its replies have arrived. */
const DELIVERY_LOOK_MS = 10;

const NOTHING = new Uint8Array(0);

/** A thread has one client at a time. */
const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();

export class BlockingSession {
  readonly #socket: Socket;
  readonly #conversation: Conversation;
  readonly #output: Output;
  readonly #counts: SharedCounts;
  readonly #isStopping: () => boolean;

  /** @param isStopping whether the end of input may be the server's doing. */
  constructor(
    socket: Socket,
    conversation: Conversation,
    output: Output,
    counts: SharedCounts,
    isStopping: () => boolean,
  ) {
    this.#socket = socket;
    this.#conversation = conversation;
    this.#output = output;
    this.#counts = counts;
    this.#isStopping = isStopping;
  }

  /** Until the client leaves. @returns why it left. */
  serve(): string {
    try {
      this.#socket.setNonBlocking(false);
      this.#converse();
      const isStopping = this.#isStopping();
      if (isStopping) {
        // There was no room to arrive for what the client's own system still holds.
        pauseThread();
        this.#converse();
      }
      this.#conversation.end();
      this.#answer();
      return isStopping ? this.#deliver() : departure.closedByClient;
    } catch (error) {
      if (error instanceof SystemError) return departure.failed(error);
      throw error;
    }
  }

  /** Until the end of what can be received. */
  #converse(): void {
    while (this.#receive()) this.#answer();
  }

  /** Hands the conversation what the client does next. @returns false at the end of the stream. */
  #receive(): boolean {
    if (!this.#waitForClient()) {
      this.#conversation.pause();
      return true;
    }
    const received = this.#socket.recv(input);
    if (received > 0) this.#conversation.receive(input, received);
    return received > 0;
  }

  /**
   * Usually recv does the waiting. A pause that would end a message, or display lines that could
   * not be written, have to be waited for along with the client.
   * @returns false when the client paused.
   */
  #waitForClient(): boolean {
    const conversation = this.#conversation;
    const output = this.#output;
    if (!conversation.unfinished && !output.stalled) return true;
    const pauseEnds = system.now() + PAUSE_MS;
    while (conversation.unfinished || output.stalled) {
      const readable = new FdSet();
      const writable = new FdSet();
      readable.add(this.#socket.fd);
      if (output.stalled) writable.add(output.fd);
      const left = conversation.unfinished ? pauseEnds - system.now() : Infinity;
      const ready = select(readable, writable, left);
      if (ready === 0) return false;
      if (ready === INTERRUPTED) continue;
      if (output.stalled && writable.has(output.fd)) output.writable();
      if (readable.has(this.#socket.fd)) return true;
    }
    return true;
  }

  #answer(): void {
    let more: boolean;
    do {
      more = answerTurn(this.#conversation, replies);
      this.#counts.set(this.#conversation);
      this.#sendAll();
      this.#output.flush();
    } while (more);
  }

  #sendAll(): void {
    let sent = 0;
    while (sent < replies.length) {
      const rest = sent === 0 ? replies.bytes : replies.bytes.subarray(sent);
      sent += this.#socket.send(rest, replies.length - sent);
    }
  }

  /**
   * The server stopped, so more input may still come, and to close then means a reset: waits until
   * the client's system has the replies, or the main thread cuts us off.
   */
  #deliver(): string {
    const until = system.now() + GRACE_MS;
    while (this.#socket.unacknowledged() > 0 && system.now() < until) {
      pauseThread();
      // To send nothing fails once the client has gone, and nobody will acknowledge any more.
      this.#socket.send(NOTHING);
    }
    return departure.serverStopped;
  }
}

function pauseThread(): void {
  select(new FdSet(), new FdSet(), DELIVERY_LOOK_MS);
}

/** Goes through a conversation before anybody waits for it: what has run once is compiled. */
export function rehearse(conversation: Conversation): void {
  conversation.receive(input, input.write('1 + 1\n1 / 3\n'));
  answerTurn(conversation, replies);
  select(new FdSet(), new FdSet(), 0);
}
