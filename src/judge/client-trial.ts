/** One item's try of a client: a server of ours for it to talk to, and a user who types. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Connection } from './connection.ts';
import { cannotStart, Failure, shown } from './failure.ts';
import { REPLY_MS, START_MS } from './limits.ts';
import { type Command, HOST, type Program } from './program.ts';
import { Trial } from './trial.ts';
import { unbuffered } from './unbuffered.ts';
import { eventually } from './waiting.ts';

/** For a connection that was made before the client ended. */
const LAST_CONNECTION_MS = 200;

/** How the client wants to be answered. */
export interface ClientDialect {
  /** It waits for a line end, where others take the bare text. */
  readonly lineEnd: boolean;
}

export class ClientTrial extends Trial {
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
    const program = this.launch({ port, typed: true, prefix: unbuffered(this.command) });
    await eventually(() => sockets.length > 0 || program.ended !== undefined, START_MS);
    // Of a client that connects and ends at once, the end may be heard of first.
    await eventually(() => sockets.length > 0 || program.ended === undefined, LAST_CONNECTION_MS);
    const [socket] = sockets;
    if (!socket && program.ended && program.startError) {
      throw cannotStart(program.ended, program.startError);
    }
    if (!socket) {
      throw new Failure({
        sent: `the start, with port ${port}`,
        expected: 'that it connects to that port',
        came: program.ended ? `it ${program.ended}` : `no connection within ${START_MS / 1000} s`,
      });
    }
    const connection = new Connection(socket);
    this.connections.push(connection);
    // A server is done with a client that is done.
    connection.socket.on('end', () => connection.socket.end());
    return new RunningClient(program, connection, this.dialect);
  }

  override async end(): Promise<void> {
    this.#server?.close();
    await super.end();
  }
}

export class RunningClient {
  readonly program: Program;
  readonly connection: Connection;
  readonly #dialect: ClientDialect;

  constructor(program: Program, connection: Connection, dialect: ClientDialect) {
    this.program = program;
    this.connection = connection;
    this.#dialect = dialect;
  }

  /** Types a line and waits until something of it arrives. */
  async typeAndReceive(line: string): Promise<string> {
    this.connection.take();
    this.program.type(`${line}\n`);
    const bytes = await this.connection.untilPause(REPLY_MS);
    const message = bytes.toString().replace(/[\0\r\n]+$/, '');
    if (message.trim() === line) return message;
    const came = bytes.length > 0 ? shown(bytes) : this.connection.describe(REPLY_MS);
    throw new Failure({ sent: `typed: ${line}`, expected: 'the line, at the server', came });
  }

  reply(text: string): void {
    this.connection.send(Buffer.from(this.#dialect.lineEnd ? `${text}\n` : text));
  }

  async expectShown(text: string, sent: string, milliseconds = REPLY_MS): Promise<void> {
    if (await this.shows(text, milliseconds)) return;
    const last = this.program.output.split('\n').slice(-3).join('\n');
    const came = this.program.stdout.total === 0 ? 'no output' : `… ${shown(last)}`;
    throw new Failure({ sent, expected: `that it shows ${text}`, came });
  }

  shows(text: string, milliseconds: number): Promise<boolean> {
    return eventually(() => this.program.output.includes(text), milliseconds);
  }

  /** A whole round: a line typed, received, answered and shown. */
  async round(line: string, reply: string): Promise<void> {
    await this.typeAndReceive(line);
    this.reply(reply);
    await this.expectShown(reply, `typed: ${line}; the server's reply: ${reply}`);
  }
}
