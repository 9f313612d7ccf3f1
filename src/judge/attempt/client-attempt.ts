/**
 * An attempt of a check for the client: a server of ours for the client to connect to, and a user who
 * types. The test decides what the server replies.
 */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { eventually, REPLY_MS, START_MS } from '../program/deadlines.ts';
import { HOST } from '../program/operating-system.ts';
import type { Command, Program } from '../program/tested-program.ts';
import { cannotStart, Failure, visible } from '../result.ts';
import { Attempt } from './attempt.ts';
import { TcpConnection } from './tcp-connection.ts';

/** For a connection to be reported that was made before the client ended. */
const LAST_CONNECTION_MS = 200;

export interface ClientDialect {
  /** The client shows a reply only when it ends with LF. */
  readonly lineEnd: boolean;
}

export class ClientAttempt extends Attempt {
  readonly dialect: ClientDialect;
  #server: Server | undefined;

  constructor(command: Command, dialect: ClientDialect) {
    super(command);
    this.dialect = dialect;
  }

  /** Starts the client and waits until it has connected. */
  async start(): Promise<RunningClient> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    this.#server = server;
    await once(server.listen(0, HOST), 'listening');
    const { port } = server.address() as AddressInfo;
    const sockets: Socket[] = [];
    server.on('connection', socket => sockets.push(socket));
    const program = this.launch({ port, typed: true, unbuffered: true });
    await eventually(() => sockets.length > 0 || program.ended !== undefined, START_MS);
    // If a client connects and ends at once, its end may be reported before its connection.
    await eventually(() => sockets.length > 0 || program.ended === undefined, LAST_CONNECTION_MS);
    const [socket] = sockets;
    if (!socket) throw notConnected(program, port);
    const connection = new TcpConnection(socket);
    this.connections.push(connection);
    // As a server does when recv returns nothing.
    connection.socket.on('end', () => connection.socket.end());
    return new RunningClient(program, connection, this.dialect);
  }

  override async end(): Promise<void> {
    this.#server?.close();
    await super.end();
  }
}

function notConnected({ ended, startError }: Program, port: number): Failure {
  if (ended && startError) return cannotStart(ended, startError);
  return new Failure({
    sent: `a start with port ${port}`,
    expected: 'that it connects to that port',
    got: ended ? `it ${ended}` : `no connection within ${START_MS / 1000} s`,
  });
}

export class RunningClient {
  readonly program: Program;
  readonly connection: TcpConnection;
  readonly #dialect: ClientDialect;

  constructor(program: Program, connection: TcpConnection, dialect: ClientDialect) {
    this.program = program;
    this.connection = connection;
    this.#dialect = dialect;
  }

  /** Types a line and waits until it arrives at the server. */
  async typeAndReceive(line: string): Promise<void> {
    this.connection.take();
    this.program.type(`${line}\n`);
    const bytes = await this.connection.readUntilPause(REPLY_MS);
    const message = bytes.toString().replace(/[\0\r\n]+$/, '');
    if (message.trim() === line) return;
    const got = bytes.length > 0 ? visible(bytes) : this.connection.describe(REPLY_MS);
    throw new Failure({ sent: `typed: ${line}`, expected: 'the line, at the server', got });
  }

  reply(text: string): void {
    this.connection.send(Buffer.from(this.#dialect.lineEnd ? `${text}\n` : text));
  }

  async expectShown(text: string, sent: string): Promise<void> {
    if (await this.shows(text, REPLY_MS)) return;
    const last = this.program.output.split('\n').slice(-3).join('\n');
    const got = this.program.stdout.total === 0 ? 'no output' : `… ${visible(last)}`;
    throw new Failure({ sent, expected: `that it shows ${text}`, got });
  }

  shows(text: string, milliseconds: number): Promise<boolean> {
    return eventually(() => this.program.output.includes(text), milliseconds);
  }

  /** Types a line, receives it, replies, and expects the reply to be shown. */
  async exchange(line: string, reply: string): Promise<void> {
    await this.typeAndReceive(line);
    this.reply(reply);
    await this.expectShown(reply, `typed: ${line}; the server's reply: ${reply}`);
  }
}
