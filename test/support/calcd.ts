/** Runs the built calcd as a user does: a process, its arguments, its output, its exit code. */
import { type ChildProcess, type SpawnOptions, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { execPath } from 'node:process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { eventually, within } from './deadline.ts';
import { Peer } from './peer.ts';
import { Received } from './received.ts';
import type { Ending } from './scope.ts';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export class Calcd {
  readonly process: ChildProcess;
  readonly stdout: Received;
  readonly stderr: Received;
  readonly #exit: Promise<unknown[]>;

  constructor(process: ChildProcess) {
    this.process = process;
    this.stdout = new Received(process.stdout ?? Readable.from([]));
    this.stderr = new Received(process.stderr ?? Readable.from([]));
    this.#exit = once(process, 'exit');
    process.stdin?.on('error', () => {});
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** The one process that it has started (Linux). */
  get child(): number {
    return Number(readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8'));
  }

  type(text: string): this {
    this.process.stdin?.write(text);
    return this;
  }

  endInput(): this {
    this.process.stdin?.end();
    return this;
  }

  signal(name: NodeJS.Signals): this {
    this.process.kill(name);
    return this;
  }

  /** The exit code, or the name of the signal that ended it. */
  async exit(milliseconds?: number): Promise<number | string> {
    const [code, signal] = await within(this.#exit, 'the exit', milliseconds);
    return (code ?? signal) as number | string;
  }
}

/** Starts `calcd` with these words; it ends with the test. @param cli another than the one built. */
export function calcd(test: Ending, words: string[], options: SpawnOptions = {}, cli = CLI): Calcd {
  return run(test, [execPath, cli, ...words], options);
}

/** Starts any program; it ends with the test. */
export function run(test: Ending, words: string[], options: SpawnOptions = {}): Calcd {
  const [program, ...rest] = words as [string, ...string[]];
  const process = spawn(program, rest, { stdio: 'pipe', ...options });
  test.after(() => process.kill('SIGKILL'));
  return new Calcd(process);
}

export class Server extends Calcd {
  readonly #test: Ending;
  port = 0;

  constructor(test: Ending, process: ChildProcess) {
    super(process);
    this.#test = test;
  }

  async waitUntilItListens(): Promise<void> {
    const [line] = await this.stdout.lines(1);
    const port = /^Server listening on 127\.0\.0\.1:(\d+)$/.exec(line as string)?.[1];
    if (!port) throw new Error(`not the listening line: ${line}`);
    this.port = Number(port);
  }

  connect(): Promise<Peer> {
    return Peer.connect(this.#test, this.port);
  }

  /** Threads of the process as the system counts them (Linux). */
  get threads(): number {
    return this.threadNumbers.length;
  }

  /** As the system numbers them: a thread that is used again keeps its number (Linux). */
  get threadNumbers(): string[] {
    return readdirSync(`/proc/${this.pid}/task`);
  }

  /** Resident memory (Linux). */
  get residentMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Whether its main thread waits for something, at this moment (Linux). */
  get isAsleep(): boolean {
    return /^State:\s+S/m.test(readFileSync(`/proc/${this.pid}/task/${this.pid}/status`, 'utf8'));
  }

  /** The number that the next descriptor will get (Linux). */
  get lowestFreeDescriptor(): number {
    const open = new Set(readdirSync(`/proc/${this.pid}/fd`).map(Number));
    let number = 0;
    while (open.has(number)) number++;
    return number;
  }

  /** Open descriptors (Linux). */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }
}

/**
 * Descriptors that every server is started with beside its own, so that its clients get numbers from
 * there on: with DESCRIPTORS=250 in the environment on both sides of 256, for example.
 */
export const INHERITED_DESCRIPTORS = Number(process.env.DESCRIPTORS ?? 0);

export interface ServerSettings {
  /** A free one, unless it is told. */
  readonly port?: number;
  /** Another calcd than the one that was built. */
  readonly cli?: string;
  /** Descriptors it inherits; INHERITED_DESCRIPTORS unless told. */
  readonly inherited?: number;
}

/** Starts a server on a free port and waits until it listens; it ends with the test. */
export async function startServer(
  test: Ending,
  name: string,
  options: string[] = [],
  { port = 0, cli = CLI, inherited = INHERITED_DESCRIPTORS }: ServerSettings = {},
): Promise<Server> {
  const words = [cli, name, ...options, '127.0.0.1', String(port)];
  const server = spawnServer(test, words, ['pipe', 'pipe', 'pipe'], inherited);
  await server.waitUntilItListens();
  return server;
}

/** Starts a server that cannot show its port, because its log goes elsewhere (Linux). */
export async function startServerInto(test: Ending, name: string, log: string): Promise<Server> {
  const file = openSync(log, 'a');
  const words = [CLI, name, '127.0.0.1', '0'];
  const server = spawnServer(test, words, ['ignore', file, 'pipe'], INHERITED_DESCRIPTORS);
  closeSync(file);
  await eventually(() => {
    server.port = listeningPort(server.pid) ?? 0;
    return server.port > 0;
  }, 'the server to listen');
  return server;
}

function spawnServer(
  test: Ending,
  words: string[],
  standard: StdioOptions & unknown[],
  inherited: number,
): Server {
  const nothing = openSync('/dev/null', 'r');
  const stdio = [...standard, ...Array<number>(inherited).fill(nothing)] as StdioOptions;
  const process = spawn(execPath, words, { stdio });
  closeSync(nothing);
  test.after(() => process.kill('SIGKILL'));
  return new Server(test, process);
}

const LISTENING = '0A';

/** The port that a process listens on, once it does (Linux). */
function listeningPort(pid: number): number | undefined {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map(fd => linkOf(`/proc/${pid}/fd/${fd}`)),
  );
  for (const row of readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trimEnd().split('\n')) {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state === LISTENING && sockets.has(`socket:[${inode}]`)) {
      return Number.parseInt(local?.split(':')[1] ?? '', 16);
    }
  }
  return undefined;
}

/** What a descriptor leads to; it may be closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
