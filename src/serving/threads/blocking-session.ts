/**
 * One client of server2, in a thread of its own: receive, answer, send. Each call blocks until it is
 * done.
 */
import { Buffer } from 'node:buffer';
import { answerTimeSlice, type Conversation } from '../../protocol/conversation.ts';
import { PAUSE_MS } from '../../protocol/framing.ts';
import { ReplyBuffer } from '../../protocol/reply-buffer.ts';
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { type Socket, WOULD_BLOCK } from '../../sockets/socket.ts';
import { system } from '../../sockets/system-calls.ts';
import { SystemError, survivable } from '../../sockets/system-error.ts';
import type { SharedCounters } from '../counters.ts';
import { GRACE_MS, RECEIVE_BYTES, RETRY_DELAY_MS, TIME_SLICE_MS } from '../limits.ts';
import { disconnectReason } from '../log/log.ts';
import type { LogOutput } from '../log/log-output.ts';

/** A stopping thread checks this often whether its replies have arrived. */
const DELIVERY_CHECK_MS = 10;

const NOTHING = new Uint8Array(0);

/** Shared by all sessions of this thread, which serves one client at a time. */
const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();

interface BlockingSessionOptions {
  readonly socket: Socket;
  readonly conversation: Conversation;
  readonly output: LogOutput;
  readonly counts: SharedCounters;
  /** Whether the server stops: it then ends the input itself, with shutdown(2). */
  readonly isStopping: () => boolean;
  /** Seconds after which a silent client is disconnected; undefined for never. */
  readonly idleTimeout: number | undefined;
}

export class BlockingSession {
  readonly #socket: Socket;
  readonly #conversation: Conversation;
  readonly #output: LogOutput;
  readonly #counts: SharedCounters;
  readonly #isStopping: () => boolean;
  readonly #idleTimeout: number | undefined;
  /** The client has sent nothing for the idle timeout, and has all its replies. */
  #isIdle = false;

  constructor({
    socket,
    conversation,
    output,
    counts,
    isStopping,
    idleTimeout,
  }: BlockingSessionOptions) {
    this.#socket = socket;
    this.#conversation = conversation;
    this.#output = output;
    this.#counts = counts;
    this.#isStopping = isStopping;
    this.#idleTimeout = idleTimeout;
  }

  /** Serves until the client leaves. @returns why it left. */
  serve(): string {
    try {
      this.#socket.setNonBlocking(false);
      if (this.#idleTimeout) this.#socket.setOption('receiveTimeout', this.#idleTimeout);
      this.#converse();
      if (this.#idleTimeout && this.#isIdle) return disconnectReason.idle(this.#idleTimeout);
      const isStopping = this.#isStopping();
      if (isStopping) {
        // The client's own system may still hold bytes that did not fit into our receive buffer.
        system.sleep(DELIVERY_CHECK_MS);
        this.#converse();
      }
      this.#conversation.end();
      this.#answer();
      return isStopping ? this.#deliver() : disconnectReason.closedByClient;
    } catch (error) {
      if (error instanceof SystemError) return disconnectReason.failed(error);
      throw error;
    }
  }

  /** Answers until nothing more can be received. */
  #converse(): void {
    while (this.#receive()) this.#answer();
  }

  /**
   * Receives the next bytes, or notices a pause.
   * @returns false when the stream has ended or the client is idle.
   */
  #receive(): boolean {
    if (!this.#waitForClient()) {
      if (!this.#conversation.hasPartialMessage) return this.#checkIdle();
      this.#conversation.pause();
      return true;
    }
    const received = this.#socket.recv(input);
    if (received === WOULD_BLOCK) return this.#checkIdle();
    if (received > 0) this.#conversation.receive(input, received);
    return received > 0;
  }

  /**
   * The receiveTimeout has passed: the client is idle unless replies are still on their way.
   * @returns whether to go on.
   */
  #checkIdle(): boolean {
    this.#isIdle = this.#idleTimeout !== undefined && this.#socket.unacknowledged() === 0;
    return !this.#isIdle;
  }

  /**
   * Usually recv itself waits. select is needed while a pause may end a partial message, and while
   * log lines wait until the output is writable.
   * @returns false when the client has paused, or was silent for the idle timeout.
   */
  #waitForClient(): boolean {
    const conversation = this.#conversation;
    const output = this.#output;
    if (!conversation.hasPartialMessage && !output.isBackpressured) return true;
    const now = system.now();
    const pauseEnds = now + PAUSE_MS;
    const idleEnds = this.#idleTimeout ? now + 1000 * this.#idleTimeout : Infinity;
    while (conversation.hasPartialMessage || output.isBackpressured) {
      const readable = new FdSet();
      const writable = new FdSet();
      readable.add(this.#socket.fd);
      if (output.isBackpressured) writable.add(output.fd);
      const left = (conversation.hasPartialMessage ? pauseEnds : idleEnds) - system.now();
      const ready = selectOrSleep(readable, writable, left);
      if (ready === 0) return false;
      if (ready === INTERRUPTED) continue;
      if (output.isBackpressured && writable.has(output.fd)) output.onWritable();
      if (readable.has(this.#socket.fd)) return true;
    }
    return true;
  }

  #answer(): void {
    let hasInput: boolean;
    do {
      hasInput = answerTimeSlice(this.#conversation, replies, system.now, TIME_SLICE_MS);
      this.#counts.set(this.#conversation);
      this.#sendAll();
      this.#output.flush();
    } while (hasInput);
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
   * The server stops, so more input may still arrive, and closing would reset the connection. Waits
   * until the client's system has acknowledged the replies, or the grace period is over.
   */
  #deliver(): string {
    const until = system.now() + GRACE_MS;
    while (this.#socket.unacknowledged() > 0 && system.now() < until) {
      system.sleep(DELIVERY_CHECK_MS);
      // Sending zero bytes fails once the client has left: then no acknowledgement will come.
      this.#socket.send(NOTHING);
    }
    return disconnectReason.serverStopped;
  }
}

/** select(2). When it fails, for example because memory is short, it sleeps for a moment instead. */
function selectOrSleep(readable: FdSet, writable: FdSet, timeout: number): number {
  try {
    return select(readable, writable, timeout);
  } catch (error) {
    survivable(error);
    if (timeout <= 0) return 0;
    system.sleep(Math.min(timeout, RETRY_DELAY_MS));
    return INTERRUPTED;
  }
}

/** Runs the code once, so that it is compiled before the first client comes. */
export function warmUp(conversation: Conversation): void {
  conversation.receive(input, input.write('1 + 1\n1 / 3\n'));
  answerTimeSlice(conversation, replies, system.now, TIME_SLICE_MS);
  selectOrSleep(new FdSet(), new FdSet(), 0);
}
