/**
 * A TCP connection to the program under test. Every wait has a deadline. What arrives is kept until it
 * is taken, so that a check can look at it more than once.
 */
import { Buffer } from 'node:buffer';
import { EventEmitter, once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { CONNECT_MS, inTime, PAUSE_MS } from '../program/deadlines.ts';
import { HOST } from '../program/operating-system.ts';
import { Failure, visible } from '../result.ts';

/** A program may flood. Bytes beyond these are dropped. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

export class TcpConnection {
  readonly socket: Socket;
  /** The peer has ended its direction, or the connection broke. */
  ended = false;
  /** The code of the error that broke the connection. */
  error: string | undefined;
  #chunks: Buffer[] = [];
  #length = 0;
  readonly #changes = new EventEmitter();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', chunk => this.#received(chunk));
    socket.on('end', () => this.#finish());
    socket.on('close', () => this.#finish());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error ??= error.code ?? error.message;
    });
  }

  /**
   * Connects, or throws a Failure.
   * @param opened gets the connection at once, so that it is closed even if connecting fails.
   */
  static async open(port: number, opened: TcpConnection[]): Promise<TcpConnection> {
    const socket = createConnection({ host: HOST, port, noDelay: true, allowHalfOpen: true });
    const connection = new TcpConnection(socket);
    opened.push(connection);
    const connected = once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (await inTime(connected, CONNECT_MS)) return connection;
    throw new Failure({
      sent: 'a connection',
      expected: 'that it is accepted',
      got: connection.error ?? `no answer within ${CONNECT_MS / 1000} s`,
      late: connection.error === undefined,
    });
  }

  /** Bytes received and not taken yet. */
  get length(): number {
    return this.#length;
  }

  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  take(): Buffer {
    const taken = this.received;
    this.#chunks = [];
    this.#length = 0;
    return taken;
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** Tests the condition whenever something arrives. @returns whether it became true, in time. */
  waitUntil(condition: () => boolean, milliseconds: number): Promise<boolean> {
    if (condition() || milliseconds <= 0) return Promise.resolve(condition());
    return new Promise(resolve => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#changes.off('change', test);
        resolve(condition());
      };
      const test = (): void => {
        if (condition()) finish();
      };
      const timer = setTimeout(finish, milliseconds);
      this.#changes.on('change', test);
    });
  }

  /** Waits for the first bytes, or for the end. @returns whether there was one of them, in time. */
  waitForReply(milliseconds: number): Promise<boolean> {
    return this.waitUntil(() => this.#length > 0 || this.ended, milliseconds);
  }

  /** Takes what arrives before a pause, or until it is whole. Empty when nothing arrives in time. */
  async readUntilPause(
    milliseconds: number,
    isWhole?: (bytes: Buffer) => boolean,
  ): Promise<Buffer> {
    await this.waitForReply(milliseconds);
    const deadline = Date.now() + milliseconds;
    while (this.#length > 0 && !this.ended && Date.now() < deadline) {
      if (isWhole?.(this.received)) break;
      const before = this.#length;
      if (!(await this.waitUntil(() => this.#length > before || this.ended, PAUSE_MS))) break;
    }
    return this.take();
  }

  /** What the check got, as a report says it. @param milliseconds how long it waited. */
  describe(milliseconds: number): string {
    if (this.#length > 0) return visible(this.received);
    if (this.error) return `a broken connection (${this.error})`;
    if (this.ended) return 'the end of the connection';
    return `nothing within ${milliseconds / 1000} s`;
  }

  halfClose(): void {
    this.socket.end();
  }

  /** Closes as the end of a process does: with a reset when received bytes are unread. */
  close(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #received(chunk: Buffer): void {
    if (this.#length < MOST_KEPT_BYTES) {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
    }
    this.#changes.emit('change');
  }

  #finish(): void {
    this.ended = true;
    this.#changes.emit('change');
  }
}
