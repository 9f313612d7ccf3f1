/**
 * The program under test, started in a process group of its own: what it prints, how it ends, and the
 * end of everything that it started, even of children that have left the group.
 */
import { Buffer } from 'node:buffer';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { reasonOf } from '../../terminal/standard-streams.ts';
import { eventually, inTime } from './deadlines.ts';
import { HOST, processesWith } from './operating-system.ts';

export interface Command {
  /** Program and arguments; `{ip}` and `{port}` stand for the address. */
  readonly words: readonly string[];
  readonly directory?: string;
}

/** An environment variable of everything that is started, so that it can be found again. */
const MARK = 'CALCD_CHECK';

/** For a killed process to disappear. The system needs a moment to take its memory back. */
const GONE_MS = 2000;

/** For the rest of the output, after the program has ended. Its children may hold the pipes open. */
const LAST_OUTPUT_MS = 200;

const running = new Set<Program>();

/** No program outlives the check, however the check ends. */
export function endProgramsAtExit(): void {
  process.on('exit', killAll);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killAll();
      process.kill(process.pid, signal);
    });
  }
}

function killAll(): void {
  for (const program of running) program.killGroup();
}

export interface StartOptions {
  readonly port: number;
  /** Its standard input is a pipe for `type`; otherwise it is empty. */
  readonly typed?: boolean;
  /** The check reads its output, so it must not be buffered. */
  readonly unbuffered?: boolean;
}

export class Program {
  readonly stdout = new OutputTail();
  readonly stderr = new OutputTail();
  /** How it ended, in words; undefined while it runs. */
  ended: string | undefined;
  exitCode: number | null = null;
  /** The system's code for why it could not be started. */
  startError: string | undefined;
  /** The check itself has sent it a signal. */
  #wasSignalled = false;
  readonly #process: ChildProcess;
  readonly #mark = `${MARK}=${randomUUID()}`;
  readonly #closed: Promise<void>;

  constructor(command: Command, { port, typed, unbuffered = false }: StartOptions) {
    const { words, directory } = command;
    const filled = words.map(word =>
      word.replaceAll('{ip}', HOST).replaceAll('{port}', String(port)),
    );
    const prefix = unbuffered ? unbufferedPrefix(command) : [];
    const [file, ...rest] = [...prefix, ...filled] as [string, ...string[]];
    this.#process = spawn(file, rest, {
      detached: true,
      stdio: [typed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(directory !== undefined && { cwd: directory }),
      // Python buffers what it prints into a pipe, but not on a terminal.
      env: { ...process.env, PYTHONUNBUFFERED: '1', [MARK]: this.#mark.slice(MARK.length + 1) },
    });
    running.add(this);
    this.#closed = this.#watch();
  }

  #watch(): Promise<void> {
    const { stdout, stderr, stdin } = this.#process;
    stdout?.on('data', chunk => this.stdout.add(chunk));
    stderr?.on('data', chunk => this.stderr.add(chunk));
    for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
    return new Promise(resolve => {
      this.#process.on('error', (error: NodeJS.ErrnoException) => {
        this.startError = error.code;
        this.ended ??= `could not be started: ${reasonOf(error)}`;
        resolve();
      });
      this.#process.on('exit', (code, signal) => {
        this.exitCode = code;
        this.ended ??= signal ? `ended by ${signal}` : `ended with exit code ${code}`;
      });
      this.#process.on('close', () => resolve());
    });
  }

  /** The number of the process group. */
  get group(): number | undefined {
    return this.#process.pid;
  }

  get output(): string {
    return `${this.stdout.text}${this.stderr.text}`;
  }

  /** How it ended, unless the check has sent it a signal. */
  get endedByItself(): string | undefined {
    return this.#wasSignalled ? undefined : this.ended;
  }

  type(text: string): void {
    this.#process.stdin?.write(text);
  }

  endInput(): void {
    this.#process.stdin?.end();
  }

  /** Sends SIGINT to the whole group, as a terminal does on Ctrl+C. */
  interrupt(): void {
    this.#wasSignalled = true;
    this.#signal('SIGINT');
  }

  /** @returns whether it ended in time. If so, its output is complete. */
  async endsWithin(milliseconds: number): Promise<boolean> {
    if (!(await eventually(() => this.ended !== undefined, milliseconds))) return false;
    await inTime(this.#closed, LAST_OUTPUT_MS);
    return true;
  }

  killGroup(): void {
    this.#wasSignalled = true;
    this.#signal('SIGKILL');
  }

  /** Ends it and everything it started. */
  async end(): Promise<void> {
    this.killGroup();
    for (const pid of processesWith(this.#mark)) kill(pid, 'SIGKILL');
    await eventually(() => this.ended !== undefined, GONE_MS);
    for (const stream of this.#process.stdio) stream?.destroy();
    running.delete(this);
  }

  #signal(name: NodeJS.Signals): void {
    if (this.group !== undefined) kill(-this.group, name);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Bytes of output kept: about a hundred lines. */
const KEPT_BYTES = 16 * 1024;

/** The end of what a program printed. It stays small, however much the program prints. */
class OutputTail {
  /** All bytes received, kept or not. */
  total = 0;
  #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    this.total += chunk.length;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= 2 * KEPT_BYTES) return;
    // A copy: a few kept bytes would keep whole chunks in memory.
    const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-KEPT_BYTES));
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** The last lines that are not blank. */
  lines(count: number): string[] {
    return this.text
      .split(/\r?\n/)
      .filter(line => line.trim() !== '')
      .slice(-count);
  }
}

let stdbuf: readonly string[] | undefined;

/**
 * A program in C buffers what it prints into a pipe. `stdbuf`, where it is installed, turns that off.
 * It loads a library into the program, which programs built with a sanitizer refuse, so it is used
 * only when the check reads the output. Line buffering would not be enough: a prompt is not a line.
 */
function unbufferedPrefix(command: Command): readonly string[] {
  if (!stdbuf) {
    const { status } = spawnSync('stdbuf', ['-o0', 'true'], { stdio: 'ignore' });
    stdbuf = status === 0 ? ['stdbuf', '-o0', '-eL'] : [];
  }
  // Otherwise stdbuf would be started, and would report the error in the system's place.
  return canBeStarted(command) ? stdbuf : [];
}

function canBeStarted({ words: [program = ''], directory = '.' }: Command): boolean {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some(folder => {
    try {
      accessSync(resolve(directory, folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
