/** Runs the built calcd as a user does: a process, its arguments, its output, its exit code. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
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

/** Starts `calcd` with these words; it ends with the test. */
export function calcd(test: Ending, words: string[], options: SpawnOptions = {}): Calcd {
  return run(test, [execPath, CLI, ...words], options);
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
    return readdirSync(`/proc/${this.pid}/task`).length;
  }

  /** Resident memory (Linux). */
  get residentMiB(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  /** Processor time used so far (Linux, in its ticks of a hundredth). */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Open descriptors (Linux). */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }
}

/** Starts a server whose display goes to a file; it ends with the test. */
export async function startServerInto(test: Ending, name: string, file: string): Promise<Server> {
  const display = openSync(file, 'a');
  const process = spawn(execPath, [CLI, name, '127.0.0.1', '0'], {
    stdio: ['ignore', display, 'pipe'],
  });
  closeSync(display);
  test.after(() => process.kill('SIGKILL'));
  const server = new Server(test, process);
  const listening = /^Server listening on .*:(\d+)$/m;
  await eventually(() => listening.test(readFileSync(file, 'utf8')), 'the server to listen');
  server.port = Number(listening.exec(readFileSync(file, 'utf8'))?.[1]);
  return server;
}

/** Starts a server on a free port and waits until it listens; it ends with the test. */
export async function startServer(
  test: Ending,
  name: string,
  options: string[] = [],
  port = 0,
): Promise<Server> {
  const words = [CLI, name, ...options, '127.0.0.1', String(port)];
  const process = spawn(execPath, words, { stdio: 'pipe' });
  test.after(() => process.kill('SIGKILL'));
  const server = new Server(test, process);
  await server.waitUntilItListens();
  return server;
}

/** A port that was free a moment ago, for a server that cannot tell its own. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
