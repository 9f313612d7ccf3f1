/**
 * A simulated TCP connection. Bytes are binary strings (latin1). What a side sends arrives after the
 * connection's latency, in order; what finds no room waits for it, at the sender. An end that closes
 * with unread input, or is sent to after it has closed, answers with a reset, as Linux does.
 */
import { ECONNRESET, ENOTCONN, EPIPE, ETIMEDOUT } from './errors.ts';

export interface Timing {
  readonly after: (milliseconds: number, action: () => void) => void;
  /** Ticks of the server's loop so far. */
  readonly ticks: () => number;
}

/** A tick that was under way, and a whole one: then a server that looks can have seen it. */
const TICKS_TO_SEE = 3;

export interface ConnectionOptions {
  readonly latency: number;
  /** Bytes that the server's receive and send buffers hold, and the client's receive buffer. */
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
  readonly clientBuffer: number;
  /** SO_OOBINLINE, inherited from the listening socket. */
  readonly oobInline: boolean;
  /** TCP_USER_TIMEOUT, inherited from the listening socket; 0 for none. */
  readonly userTimeout: number;
  /** How long a connection without traffic is believed in (SO_KEEPALIVE). */
  readonly keepAlive: number;
}

/** What the client learns. */
export interface ClientEvents {
  onReceived(bytes: string): void;
  onEnded(how: 'end' | 'reset'): void;
}

export class Connection {
  /** Why it may end before the conversation is over; the fault is not the server's then. */
  lossReason: string | undefined;
  /** Bytes that have arrived at the server's system so far, received by the server or not. */
  arrived = 0;
  received = 0;
  sent = 0;
  /** The server has tried to send something. */
  hasBeenSentTo = false;
  /** When the server took it from its queue. */
  acceptedAt = Number.POSITIVE_INFINITY;
  /** Of the last send, what did not fit: the server owes it before it may receive again. */
  shortBy = 0;
  /** The last tick in which the client was there, or the server was at work for it. */
  #lastSeen = 0;
  readonly #timing: Timing;
  readonly #options: ConnectionOptions;
  readonly #events: ClientEvents;
  #inbound = '';
  /** Sent by the client, waiting for room at the server. */
  #held = '';
  #finHeld = false;
  #fin = false;
  #error = 0;
  #reset = false;
  #outbound = '';
  #serverFin = false;
  #serverClosed = false;
  /** What the client's system has and the client has not read. */
  #unread = '';
  #reading = true;
  #clientClosed = false;
  #vanished = false;
  #clientHasLeft = false;
  #endReported = false;

  constructor(timing: Timing, options: ConnectionOptions, events: ClientEvents) {
    this.#timing = timing;
    this.#options = options;
    this.#events = events;
  }

  // The client's side.

  clientSends(bytes: string): void {
    this.#toServer(() => {
      if (this.#serverClosed) this.#clientIsReset();
      else if (!this.#reset) this.#arrives(bytes);
    });
  }

  /** With MSG_OOB: without SO_OOBINLINE the byte is not part of the stream. */
  clientSendsUrgent(byte: string): void {
    if (this.#options.oobInline) this.clientSends(byte);
  }

  /** shutdown(SHUT_WR). */
  clientEnds(): void {
    this.#toServer(() => {
      if (this.#held === '') this.#fin = true;
      else this.#finHeld = true;
    });
  }

  clientCloses(): void {
    if (this.#unread !== '') {
      this.clientResets();
      return;
    }
    this.#clientClosed = true;
    this.clientEnds();
    this.#toServer(() => {
      this.#leaves();
    });
  }

  clientResets(): void {
    this.#clientClosed = true;
    this.#toServer(() => this.#serverIsReset(ECONNRESET));
  }

  /** Its machine is gone: nothing is acknowledged any more. */
  clientVanishes(): void {
    this.#vanished = true;
    this.#reading = false;
    this.#userTimeoutRuns();
    this.#timing.after(this.#options.keepAlive, () => this.#serverIsReset(ETIMEDOUT));
  }

  clientReads(on: boolean): void {
    this.#reading = on;
    if (on) this.#deliver();
  }

  /** Reads some of what has arrived. */
  clientReadsSome(bytes: number): void {
    const text = this.#unread.slice(0, bytes);
    this.#unread = this.#unread.slice(bytes);
    if (text !== '') this.#events.onReceived(text);
    this.#deliver();
  }

  /** Whether the server could see in a whole tick and the one before that the client has left. */
  hasBeenGoneFor(tick: number): boolean {
    const isGone = this.#clientHasLeft && this.#inbound === '' && this.shortBy === 0;
    return isGone && tick - this.#lastSeen >= TICKS_TO_SEE;
  }

  // The server's side: results are those of the system calls.

  get isReadable(): boolean {
    return this.#inbound !== '' || this.#fin || this.#reset;
  }

  get isWritable(): boolean {
    return this.#reset || 3 * this.#outbound.length <= 2 * this.#options.sendBuffer;
  }

  get inboundBytes(): number {
    return this.#inbound.length;
  }

  get hasEndedInput(): boolean {
    return this.#fin || this.#reset;
  }

  /** At this time the server took it from its queue. */
  isAccepted(now: number): void {
    this.acceptedAt = now;
    this.#lastSeen = this.#timing.ticks();
  }

  /** @returns the bytes, '' at the end, or an error, negated; undefined when there is nothing yet. */
  recv(length: number): string | number | undefined {
    if (this.#inbound !== '') {
      const bytes = this.#inbound.slice(0, length);
      this.#inbound = this.#inbound.slice(length);
      this.#lastSeen = this.#timing.ticks();
      this.received += bytes.length;
      this.#takeHeld();
      return bytes;
    }
    const error = this.#takeError();
    if (error !== 0) return -error;
    return this.#fin || this.#reset ? '' : undefined;
  }

  get peeked(): number | undefined {
    if (this.#inbound !== '') return 1;
    if (this.#error !== 0) return -this.#error;
    return this.#fin || this.#reset ? 0 : undefined;
  }

  /** @returns how many bytes were taken, or an error, negated; undefined when there is no room. */
  send(bytes: string): number | undefined {
    const error = this.#takeError();
    if (error !== 0) return -error;
    if (this.#reset || this.#serverFin) return -EPIPE;
    const room = this.#options.sendBuffer - this.#outbound.length;
    if (bytes === '') return 0;
    if (room <= 0) return undefined;
    const taken = Math.min(room, bytes.length);
    this.#outbound += bytes.slice(0, taken);
    this.sent += taken;
    this.#lastSeen = this.#timing.ticks();
    this.#timing.after(this.#options.latency, () => this.#deliver());
    this.#userTimeoutRuns();
    return taken;
  }

  shutdown(direction: 'read' | 'write' | 'both'): number {
    if (this.#reset) return -ENOTCONN;
    if (direction !== 'read') this.#serverEnds();
    return 0;
  }

  get unacknowledged(): number {
    return this.#outbound.length + (this.#serverFin && !this.#endReported ? 1 : 0);
  }

  close(): void {
    if (this.#serverClosed) return;
    this.#serverClosed = true;
    if (this.#reset) return;
    if (this.#inbound !== '' || this.#held !== '') {
      this.#outbound = '';
      this.#timing.after(this.#options.latency, () => this.#clientIsReset());
    } else {
      this.#serverEnds();
    }
  }

  /** The server's system ends it without the server. */
  clientResetByServer(): void {
    this.#serverClosed = true;
    this.#timing.after(this.#options.latency, () => this.#clientIsReset());
  }

  #serverEnds(): void {
    if (this.#serverFin) return;
    this.#serverFin = true;
    this.#timing.after(this.#options.latency, () => this.#deliver());
  }

  #toServer(action: () => void): void {
    this.#timing.after(this.#options.latency, () => {
      if (!this.#vanished) action();
    });
  }

  #arrives(bytes: string): void {
    this.#held += bytes;
    this.#takeHeld();
  }

  #takeHeld(): void {
    if (this.#held !== '') {
      const room = this.#options.receiveBuffer - this.#inbound.length;
      const taken = this.#held.slice(0, Math.max(0, room));
      this.#held = this.#held.slice(taken.length);
      this.#inbound += taken;
      this.arrived += taken.length;
    }
    if (this.#held === '' && this.#finHeld) this.#fin = true;
  }

  #deliver(): void {
    if (this.#reset || this.#vanished) return;
    if (this.#outbound !== '' && this.#clientClosed) {
      this.#outbound = '';
      this.#timing.after(this.#options.latency, () => this.#serverIsReset(ECONNRESET));
      return;
    }
    const room = this.#options.clientBuffer - this.#unread.length;
    this.#unread += this.#outbound.slice(0, room);
    this.#outbound = this.#outbound.slice(room);
    if (!this.#reading) return;
    const text = this.#unread;
    this.#unread = '';
    if (text !== '') this.#events.onReceived(text);
    if (this.#outbound !== '') this.#timing.after(0, () => this.#deliver());
    else if (this.#serverFin) this.#reportEnd('end');
  }

  #serverIsReset(error: number): void {
    if (this.#serverClosed || this.#reset) return;
    this.#reset = true;
    this.#error = error;
    this.#inbound = '';
    this.#held = '';
    this.#outbound = '';
    this.#leaves();
  }

  #clientIsReset(): void {
    this.#outbound = '';
    if (this.#reading && this.#unread !== '') {
      this.#events.onReceived(this.#unread);
      this.#unread = '';
    }
    this.#reportEnd('reset');
  }

  #reportEnd(how: 'end' | 'reset'): void {
    if (this.#endReported || this.#clientClosed) return;
    this.#endReported = true;
    this.#events.onEnded(how);
  }

  #leaves(): void {
    this.#clientHasLeft = true;
    this.#lastSeen = this.#timing.ticks();
  }

  #takeError(): number {
    const error = this.#error;
    this.#error = 0;
    return error;
  }

  /** Nothing that the server sent is acknowledged within the time: the system gives the peer up. */
  #userTimeoutRuns(): void {
    const { userTimeout } = this.#options;
    if (!this.#vanished || this.#outbound === '' || userTimeout === 0) return;
    this.#timing.after(userTimeout, () => this.#serverIsReset(ETIMEDOUT));
  }
}
