/**
 * The lines that were entered at the prompt, kept from run to run in a file, the newest last. Clients
 * that run at the same time share the file; one that finds it too long shortens it.
 *
 * It is used only if it is a regular file, because opening a FIFO or a device may block for ever. Only
 * its owner may read it.
 */
import { Buffer } from 'node:buffer';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { displayable } from '../terminal/escapes.ts';
import { type Failure, failureOf } from './connector.ts';

/** Lines that the prompt offers. A file of twice as many is cut to this number. */
export const HISTORY_LINES = 1000;

/** In characters. A longer line is no message that a server would accept. */
const LONGEST_LINE = 4096;

/** The most that is read of the file, from its end: enough for HISTORY_LINES of usual lines. */
const READ_BYTES = 1024 * 1024;

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

const LF = 0x0a;

export class History {
  readonly #onFailure: (failure: Failure) => void;
  /** Undefined before it is loaded, and after a failure. */
  #file: string | undefined;
  #last = '';

  /** @param onFailure is called once, when the file cannot be used. The prompt works without it. */
  constructor(onFailure: (failure: Failure) => void) {
    this.#onFailure = onFailure;
  }

  /** @returns the newest line first, as node:readline takes them. */
  load(): string[] {
    let kept: string[] = [];
    this.#attempt(() => {
      this.#file = join(stateFolder(), 'history');
      const { lines, hasMore } = newestLines(this.#file) ?? { lines: [], hasMore: false };
      kept = lines.map(displayable).filter(isWorthKeeping).slice(-HISTORY_LINES);
      if (hasMore || lines.length > 2 * HISTORY_LINES) replaceLines(this.#file, kept);
    });
    this.#last = kept.at(-1) ?? '';
    return kept.reverse();
  }

  add(line: string): void {
    const file = this.#file;
    if (!file || line === this.#last || !isWorthKeeping(line)) return;
    this.#last = line;
    this.#attempt(() => appendLine(file, line));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#file = undefined;
      this.#onFailure(failureOf(error as NodeJS.ErrnoException));
    }
  }
}

function isWorthKeeping(line: string): boolean {
  return line.trim() !== '' && line.length <= LONGEST_LINE;
}

/** The folder of XDG for such files, or that of macOS. It may not exist yet. */
export function stateFolder(): string {
  // HOME may be empty or relative; then the folder would depend on where the client is started.
  const home = isAbsolute(homedir()) ? homedir() : userInfo().homedir;
  if (process.platform === 'darwin') return join(home, 'Library/Application Support/calcd');
  const { XDG_STATE_HOME } = process.env;
  const isUsable = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME);
  return join(isUsable ? XDG_STATE_HOME : join(home, '.local/state'), 'calcd');
}

interface Newest {
  readonly lines: string[];
  /** Whether the file has older lines too. */
  readonly hasMore: boolean;
}

/** @returns undefined if there is no file. */
function newestLines(file: string): Newest | undefined {
  try {
    return withFile(file, constants.O_RDONLY, (fd, { size }) => {
      const from = Math.max(0, size - READ_BYTES);
      const lines = textFrom(fd, from, size).split('\n');
      // The first one is only the end of a line.
      if (from > 0) lines.shift();
      return { lines: lines.filter(line => line !== ''), hasMore: from > 0 };
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** In one write(2), so that clients that run at the same time can share the file. */
function appendLine(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  withFile(file, O_RDWR | O_APPEND | O_CREAT, (fd, { size }) => {
    writeSync(fd, `${endsInMiddle(fd, size) ? '\n' : ''}${line}\n`);
  });
}

/** Atomic: rename(2) replaces the file. A line that another client appends at that moment is lost. */
function replaceLines(file: string, lines: readonly string[]): void {
  const original = realpathSync(file);
  const next = `${original}.${process.pid}`;
  writeFileSync(next, lines.map(line => `${line}\n`).join(''), { mode: OWNER_ONLY });
  renameSync(next, original);
}

function withFile<T>(file: string, flags: number, use: (fd: number, status: Stats) => T): T {
  const fd = openSync(file, flags | constants.O_NONBLOCK | constants.O_NOCTTY, OWNER_ONLY);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw notRegular(status);
    if (status.mode & OTHERS) fchmodSync(fd, OWNER_ONLY);
    return use(fd, status);
  } finally {
    closeSync(fd);
  }
}

function notRegular(status: Stats): NodeJS.ErrnoException {
  const code = status.isDirectory() ? 'EISDIR' : 'EINVAL';
  return Object.assign(new Error('not a regular file'), { code });
}

function textFrom(fd: number, from: number, end: number): string {
  const bytes = Buffer.alloc(end - from);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    read = readSync(fd, bytes, length, bytes.length - length, from + length);
  }
  return bytes.toString('utf8', 0, length);
}

/** Whether the last line has no line end: some editors leave it so. */
function endsInMiddle(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LF;
}
