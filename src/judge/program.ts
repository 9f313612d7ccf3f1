/**
 * The program that is judged, as a process group of its own: what it printed, how it ended, and the
 * end of everything it started, even of children that left the group.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { reasonOf } from '../terminal/reason.ts';
import { marked } from './process-table.ts';
import { Tail } from './tail.ts';
import { eventually, inTime } from './waiting.ts';

export interface Command {
  /** Program and arguments; `{ip}` and `{port}` stand for the address. */
  readonly words: readonly string[];
  readonly directory?: string;
}

export const HOST = '127.0.0.1';

/** In the environment of everything that is started, so that it can be found again. */
const MARK = 'CALCD_CHECK';

/** For a killed process to be gone: the system needs a moment to take its memory back. */
const GONE_MS = 2000;

const running = new Set<Program>();

/** Nothing that was started outlives the check, however it ends. */
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
  /** It reads what is typed; else its standard input is empty. */
  readonly typed?: boolean;
  /** Words put before the program's own, such as stdbuf's. */
  readonly prefix?: readonly string[];
}

export class Program {
  readonly stdout = new Tail();
  readonly stderr = new Tail();
  /** How it ended, in words; undefined while it runs. */
  ended: string | undefined;
  exitCode: number | null = null;
  /** The system's code for why it could not be started. */
  startError: string | undefined;
  /** Whether the check itself has told it to end. */
  #dismissed = false;
  readonly #process: ChildProcess;
  readonly #mark = `${MARK}=${randomUUID()}`;
  readonly #closed: Promise<void>;

  constructor({ words, directory }: Command, { port, typed, prefix = [] }: StartOptions) {
    const filled = words.map(word =>
      word.replaceAll('{ip}', HOST).replaceAll('{port}', String(port)),
    );
    const [file, ...rest] = [...prefix, ...filled] as [string, ...string[]];
    this.#process = spawn(file, rest, {
      detached: true,
      stdio: [typed ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(directory !== undefined && { cwd: directory }),
      // Python holds back what it prints into a pipe; on a terminal it would not.
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

  /** The process group's number. */
  get group(): number | undefined {
    return this.#process.pid;
  }

  get output(): string {
    return `${this.stdout.text}${this.stderr.text}`;
  }

  /** How it ended, unless it was told to. */
  get endedByItself(): string | undefined {
    return this.#dismissed ? undefined : this.ended;
  }

  type(text: string): void {
    this.#process.stdin?.write(text);
  }

  endInput(): void {
    this.#process.stdin?.end();
  }

  /** To the whole group, as a terminal does on Ctrl+C. */
  interrupt(): void {
    this.#dismissed = true;
    this.#signal('SIGINT');
  }

  /** @returns whether it ended within the time. What it printed is complete then. */
  async endsWithin(milliseconds: number): Promise<boolean> {
    if (!(await eventually(() => this.ended !== undefined, milliseconds))) return false;
    // Children may hold the pipes open for ever; a moment is enough for what was printed.
    await inTime(this.#closed, 200);
    return true;
  }

  killGroup(): void {
    this.#dismissed = true;
    this.#signal('SIGKILL');
  }

  /** Ends it and everything it started. */
  async end(): Promise<void> {
    this.killGroup();
    for (const pid of marked(this.#mark)) kill(pid, 'SIGKILL');
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
    // It is gone already.
  }
}
