/**
 * One client of server2, in a thread of its own: receive, answer, send, each call waiting until it
 * is done.
 */
import { Buffer } from 'node:buffer';
import type { Conversation } from '../../protocol/conversation.ts';
import { PAUSE_MS } from '../../protocol/framing.ts';
import { ReplyBuffer } from '../../protocol/reply-buffer.ts';
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { type Socket, WOULD_BLOCK } from '../../sockets/socket.ts';
import { system } from '../../sockets/system-calls.ts';
import { SystemError, survivable } from '../../sockets/system-error.ts';
import { FAILURE_PAUSE_MS, GRACE_MS, RECEIVE_BYTES } from '../limits.ts';
import { departure } from '../log/log.ts';
import type { Output } from '../log/log-output.ts';
import { answerTurn } from '../time-slice.ts';
import type { SharedCounts } from './shared-counts.ts';

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
  readonly #idleTimeout: number | undefined;
  /** It has said nothing for as long as that and is owed nothing. */
  #isIdle = false;

  /**
   * @param isStopping whether the end of input may be the server's doing.
   * @param idleTimeout seconds after which a silent client is disconnected; undefined for never.
   */
  constructor(
    socket: Socket,
    conversation: Conversation,
    output: Output,
    counts: SharedCounts,
    isStopping: () => boolean,
    idleTimeout: number | undefined,
  ) {
    this.#socket = socket;
    this.#conversation = conversation;
    this.#output = output;
    this.#counts = counts;
    this.#isStopping = isStopping;
    this.#idleTimeout = idleTimeout;
  }

  /** Until the client leaves. @returns why it left. */
  serve(): string {
    try {
      this.#socket.setNonBlocking(false);
      if (this.#idleTimeout) this.#socket.setOption('receiveTimeout', this.#idleTimeout);
      this.#converse();
      if (this.#idleTimeout && this.#isIdle) return departure.idle(this.#idleTimeout);
      const isStopping = this.#isStopping();
      if (isStopping) {
        // There was no room to arrive for what the client's own system still holds.
        system.sleep(DELIVERY_LOOK_MS);
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

  /**
   * Hands the conversation what the client does next.
   * @returns false when it does nothing more: the stream has ended, or it is idle.
   */
  #receive(): boolean {
    if (!this.#waitForClient()) {
      if (!this.#conversation.unfinished) return this.#isOwed();
      this.#conversation.pause();
      return true;
    }
    const received = this.#socket.recv(input);
    if (received === WOULD_BLOCK) return this.#isOwed();
    if (received > 0) this.#conversation.receive(input, received);
    return received > 0;
  }

  /** The receiveTimeout is over: unless replies are still on their way, the client is idle. */
  #isOwed(): boolean {
    this.#isIdle = this.#idleTimeout !== undefined && this.#socket.unacknowledged() === 0;
    return !this.#isIdle;
  }

  /**
   * Usually recv does the waiting. A pause that would end a message, or display lines that could
   * not be written, have to be waited for along with the client.
   * @returns false when the client paused, or was silent for the idle timeout.
   */
  #waitForClient(): boolean {
    const conversation = this.#conversation;
    const output = this.#output;
    if (!conversation.unfinished && !output.stalled) return true;
    const now = system.now();
    const pauseEnds = now + PAUSE_MS;
    const idleEnds = this.#idleTimeout ? now + 1000 * this.#idleTimeout : Infinity;
    while (conversation.unfinished || output.stalled) {
      const readable = new FdSet();
      const writable = new FdSet();
      readable.add(this.#socket.fd);
      if (output.stalled) writable.add(output.fd);
      const left = (conversation.unfinished ? pauseEnds : idleEnds) - system.now();
      const ready = selectOrSleep(readable, writable, left);
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
      const taken = this.#socket.send(rest, replies.length - sent);
      if (taken !== WOULD_BLOCK) sent += taken;
    }
  }

  /**
   * The server stopped, so more input may still come, and to close then means a reset: waits until
   * the client's system has the replies, or the main thread cuts us off.
   */
  #deliver(): string {
    const until = system.now() + GRACE_MS;
    while (this.#socket.unacknowledged() > 0 && system.now() < until) {
      system.sleep(DELIVERY_LOOK_MS);
      // To send nothing fails once the client has gone, and nobody will acknowledge any more.
      this.#socket.send(NOTHING);
    }
    return departure.serverStopped;
  }
}

/** select(2). When it fails, for want of memory for example, a short sleep takes its place. */
function selectOrSleep(readable: FdSet, writable: FdSet, timeout: number): number {
  try {
    return select(readable, writable, timeout);
  } catch (error) {
    survivable(error);
    if (timeout <= 0) return 0;
    system.sleep(Math.min(timeout, FAILURE_PAUSE_MS));
    return INTERRUPTED;
  }
}

/** Goes through a conversation before anybody waits for it: what has run once is compiled. */
export function rehearse(conversation: Conversation): void {
  conversation.receive(input, input.write('1 + 1\n1 / 3\n'));
  answerTurn(conversation, replies);
  selectOrSleep(new FdSet(), new FdSet(), 0);
}
