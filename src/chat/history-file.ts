/**
 * The file that the history is in. It is a regular file, or it is not used: to open a FIFO or a device
 * could wait for ever. It is its owner's alone, and no more of it is read than the prompt remembers.
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
import { dirname } from 'node:path';

/** What somebody calculates is nobody else's business. */
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

/** Read of a file, from its end: more than a thousand lines of a thousand characters. */
const READ_BYTES = 1024 * 1024;

const LF = 0x0a;

/** The newest lines, the newest last, and whether there are older ones; undefined without a file. */
export function newestLines(
  file: string,
): { readonly lines: string[]; readonly hasMore: boolean } | undefined {
  try {
    return withFile(file, constants.O_RDONLY, (fd, { size }) => {
      const from = Math.max(0, size - READ_BYTES);
      const lines = textFrom(fd, from, size).split('\n');
      // It begins in the middle of a line.
      if (from > 0) lines.shift();
      return { lines: lines.filter(line => line !== ''), hasMore: from > 0 };
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** In one write(2), so that clients that run at the same time share the file. */
export function appendLine(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  withFile(file, O_RDWR | O_APPEND | O_CREAT, (fd, { size }) => {
    writeSync(fd, `${endsInMiddle(fd, size) ? '\n' : ''}${line}\n`);
  });
}

/** A line that another client appends in that moment is lost, and nothing else. */
export function replaceLines(file: string, lines: readonly string[]): void {
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

/** Whether the last line has no end yet: some editors leave it so. */
function endsInMiddle(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LF;
}
