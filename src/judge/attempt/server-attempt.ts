/**
 * An attempt of a check for servers: the running server and the clients that connect to it. Checks
 * that do not change a correct server may share one, because starting a server takes longer than
 * most checks.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerRole } from '../check.ts';
import { GREETING_MS, NEXT_CLIENT_MS } from '../program/deadlines.ts';
import { type ResourceUsage, resourceUsage } from '../program/operating-system.ts';
import type { Command, Program, StartOptions } from '../program/tested-program.ts';
import { Failure, type Result, rethrow } from '../result.ts';
import { Attempt } from './attempt.ts';
import { TcpConnection } from './tcp-connection.ts';
import { type Dialect, TestClient } from './test-client.ts';

/** Before a client that was refused tries again. */
const RETRY_MS = 30;

export class ServerAttempt extends Attempt {
  readonly role: ServerRole;
  readonly dialect: Dialect;

  constructor(command: Command, role: ServerRole, dialect: Dialect) {
    super(command);
    this.role = role;
    this.dialect = dialect;
  }

  /** Starts the program and waits until it listens. */
  async start(options: Partial<StartOptions> = {}): Promise<RunningServer> {
    const { program, port } = await this.startListening(options);
    return new RunningServer(this, program, port);
  }
}

export class RunningServer {
  readonly program: Program;
  readonly port: number;
  readonly #attempt: ServerAttempt;

  constructor(attempt: ServerAttempt, program: Program, port: number) {
    this.#attempt = attempt;
    this.program = program;
    this.port = port;
  }

  async connect(): Promise<TestClient> {
    const connection = await TcpConnection.open(this.port, this.#attempt.connections);
    if (this.#attempt.dialect.greets) await connection.readUntilPause(GREETING_MS);
    return new TestClient(connection, this.#attempt.dialect);
  }

  /** Connects and gets a first reply. From then on, server1 is busy with this client. */
  async connectServed(): Promise<TestClient> {
    const client = await this.connect();
    await client.expectService();
    return client;
  }

  /**
   * The same for the next client. A server for one client may refuse it until it notices that the
   * last client has disconnected, so it tries again for a while.
   */
  async connectNext(): Promise<TestClient> {
    const until = Date.now() + NEXT_CLIENT_MS;
    for (;;) {
      try {
        const client = await this.connect();
        await client.expectService({ milliseconds: Math.max(1, until - Date.now()) });
        return client;
      } catch (error) {
        if (this.program.ended || Date.now() > until || !(error instanceof Failure)) {
          rethrow(error, sent => `${sent} from the next client`);
        }
      }
      await delay(RETRY_MS);
    }
  }

  resourceUsage(): ResourceUsage {
    return resourceUsage(this.program.group as number);
  }
}

interface Listening {
  readonly program: Program;
  readonly port: number;
}

/**
 * One server for several checks, one after the other. A new one is started when it has ended, or when
 * a check has failed on it.
 */
export class SharedServer {
  readonly #newAttempt: () => ServerAttempt;
  #owner: ServerAttempt | undefined;
  #listening: Listening | undefined;
  #lastUse: Promise<unknown> = Promise.resolve();

  /** @param newAttempt makes an attempt that starts a server of its own. */
  constructor(newAttempt: () => ServerAttempt) {
    this.#newAttempt = newAttempt;
  }

  use(run: (attempt: ServerAttempt) => Promise<Result>): Promise<Result> {
    const use = this.#lastUse.then(async () => {
      const attempt = new AttemptOnRunningServer(this.#newAttempt(), () => this.#running());
      const result = await run(attempt);
      if (result.status === 'failed') await this.end();
      return result;
    });
    this.#lastUse = use.catch(() => {});
    return use;
  }

  async end(): Promise<void> {
    await this.#owner?.end();
    this.#listening = undefined;
  }

  async #running(): Promise<Listening> {
    if (this.#listening && this.#listening.program.ended === undefined) return this.#listening;
    await this.end();
    this.#owner = this.#newAttempt();
    this.#listening = await this.#owner.startListening();
    return this.#listening;
  }
}

/** Ends its connections and not the server, which other checks have used and will use. */
export class AttemptOnRunningServer extends ServerAttempt {
  readonly #running: () => Promise<Listening>;

  constructor({ command, role, dialect }: ServerAttempt, running: () => Promise<Listening>) {
    super(command, role, dialect);
    this.#running = running;
  }

  override startListening(): Promise<Listening> {
    return this.#running();
  }
}
