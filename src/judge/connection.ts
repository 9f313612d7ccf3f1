/** A TCP connection to the program: bytes out, bytes in, and every wait with an end. */
import { Buffer } from 'node:buffer';
import { EventEmitter, once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { Failure, shown } from './failure.ts';
import { CONNECT_MS, PAUSE_MS } from './limits.ts';
import { HOST } from './program.ts';
import { inTime } from './waiting.ts';

/** A program may flood: what nobody looks at is not kept beyond this. */
const MOST_KEPT = 4 * 1024 * 1024;

export class Connection {
  readonly socket: Socket;
  /** The peer has ended its direction, or the connection broke. */
  ended = false;
  /** The code of the error that broke it. */
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

  /** Connects, or throws a Failure. The connection is in `opened` at once, to be destroyed. */
  static async open(port: number, opened: Connection[]): Promise<Connection> {
    const socket = createConnection({ host: HOST, port, noDelay: true, allowHalfOpen: true });
    const connection = new Connection(socket);
    opened.push(connection);
    const connected = once(socket, 'connect').then(
      () => true,
      () => false,
    );
    if (await inTime(connected, CONNECT_MS)) return connection;
    throw new Failure({
      sent: 'a connection',
      expected: 'that it is accepted',
      came: connection.error ?? `no answer within ${CONNECT_MS / 1000} s`,
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

  /** Waits until it is so, looking whenever something came. @returns whether it was in time. */
  until(isSo: () => boolean, milliseconds: number): Promise<boolean> {
    if (isSo() || milliseconds <= 0) return Promise.resolve(isSo());
    return new Promise(resolve => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#changes.off('change', look);
        resolve(isSo());
      };
      const look = (): void => {
        if (isSo()) finish();
      };
      const timer = setTimeout(finish, milliseconds);
      this.#changes.on('change', look);
    });
  }

  /** What came, once something came and then a pause; empty when nothing did. */
  async untilPause(milliseconds: number, isWhole?: (bytes: Buffer) => boolean): Promise<Buffer> {
    await this.until(() => this.#length > 0 || this.ended, milliseconds);
    const deadline = Date.now() + milliseconds;
    while (this.#length > 0 && !this.ended && Date.now() < deadline) {
      if (isWhole?.(this.received)) break;
      const before = this.#length;
      if (!(await this.until(() => this.#length > before || this.ended, PAUSE_MS))) break;
    }
    return this.take();
  }

  /** How the connection stands, for a report. */
  describe(milliseconds: number): string {
    if (this.#length > 0) return shown(this.received);
    if (this.error) return `a broken connection (${this.error})`;
    if (this.ended) return 'the end of the connection';
    return `nothing within ${milliseconds / 1000} s`;
  }

  halfClose(): void {
    this.socket.end();
  }

  /** Leaves as a program does that is killed: with a reset when replies lie unread. */
  close(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  #received(chunk: Buffer): void {
    if (this.#length < MOST_KEPT) {
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
