/** One item's try of a server: the program started afresh, and clients for it. */
import { setTimeout as delay } from 'node:timers/promises';
import { Chat } from './chat.ts';
import { Connection } from './connection.ts';
import type { Dialect } from './dialect.ts';
import { blame, Failure } from './failure.ts';
import type { ServerRole } from './item.ts';
import { GREETING_MS, NEXT_CLIENT_MS } from './limits.ts';
import { type Census, census } from './process-table.ts';
import type { Command, Program, StartOptions } from './program.ts';
import { Trial } from './trial.ts';

/** Before a newcomer who was turned away tries again. */
const AGAIN_MS = 30;

export class ServerTrial extends Trial {
  readonly role: ServerRole;
  readonly dialect: Dialect;

  constructor(command: Command, role: ServerRole, dialect: Dialect) {
    super(command);
    this.role = role;
    this.dialect = dialect;
  }

  /** The program, listening. */
  async start(options: Partial<StartOptions> = {}): Promise<RunningServer> {
    const { program, port } = await this.startListening(options);
    return new RunningServer(this, program, port);
  }
}

export class RunningServer {
  readonly program: Program;
  readonly port: number;
  readonly #trial: ServerTrial;

  constructor(trial: ServerTrial, program: Program, port: number) {
    this.#trial = trial;
    this.program = program;
    this.port = port;
  }

  async connect(): Promise<Chat> {
    const connection = await Connection.open(this.port, this.#trial.connections);
    if (this.#trial.dialect.greets) await connection.untilPause(GREETING_MS);
    return new Chat(connection, this.#trial.dialect);
  }

  /** A client that has been served: for a server of one client it is engaged from then on. */
  async connectServed(): Promise<Chat> {
    const chat = await this.connect();
    await chat.expectService();
    return chat;
  }

  async connectServedTimes(count: number): Promise<Chat[]> {
    const chats: Chat[] = [];
    while (chats.length < count) chats.push(await this.connectServed());
    return chats;
  }

  /**
   * A new client is served. A server for one client may turn it away until it has noticed that the
   * last one left, so it tries again for a while.
   */
  async serveNewcomer(): Promise<Chat> {
    const until = Date.now() + NEXT_CLIENT_MS;
    for (;;) {
      try {
        const chat = await this.connect();
        await chat.expectService({ milliseconds: Math.max(1, until - Date.now()) });
        return chat;
      } catch (error) {
        if (this.program.ended || Date.now() > until || !(error instanceof Failure)) {
          blame(error, sent => `${sent} from the next client`);
        }
      }
      await delay(AGAIN_MS);
    }
  }

  /** What the system says about its processes. */
  census(): Census {
    return census(this.program.group as number);
  }
}
