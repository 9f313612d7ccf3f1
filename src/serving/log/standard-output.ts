/** Standard output as a descriptor that can be written to without waiting, where that is possible. */
import { constants } from 'node:fs';
import type { FileType } from '../../sockets/process-calls.ts';
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';
import { survivable } from '../../sockets/system-error.ts';

const STDOUT = 1;

export interface StandardOutput {
  readonly fd: number;
  /** Bytes to write at a time. */
  readonly writeBytes: number;
  /** Whether a write of `writeBytes` would not wait now. */
  isWritable(): boolean;
  /** It is a pipe: when its reader has ended, another one may come. */
  readonly mayGetReader: boolean;
}

/**
 * PIPE_BUF: a pipe takes this many bytes as a whole or not at all, even with several writers. When
 * select(2) reports a pipe or a socket as writable, this many bytes fit.
 */
const PIPE_WRITE_BYTES = 4096;

/** A file takes everything in the time of a system call and a copy. */
const FILE_WRITE_BYTES = 64 * 1024;

/**
 * Opens a terminal or a pipe a second time, with O_NONBLOCK: a write then reports that it would wait.
 * For all others select is called before each write. (macOS cannot open a pipe a second time, and
 * with several writers select is not enough: there, server2's threads may wait for the log's reader.)
 */
export function standardOutput(): StandardOutput {
  const type = system.fileType(STDOUT);
  const reopened = reopenNonBlocking(type);
  const always = () => true;
  const mayGetReader = type === 'pipe';
  if (reopened !== undefined) {
    return { fd: reopened, writeBytes: PIPE_WRITE_BYTES, isWritable: always, mayGetReader };
  }
  if (type === 'file') {
    return { fd: STDOUT, writeBytes: FILE_WRITE_BYTES, isWritable: always, mayGetReader };
  }
  const ask = () => isWritable(STDOUT);
  return { fd: STDOUT, writeBytes: PIPE_WRITE_BYTES, isWritable: ask, mayGetReader };
}

/**
 * O_NONBLOCK belongs to the open file, which other processes may share. So the file is opened a
 * second time.
 * @returns undefined where that is impossible or unnecessary.
 */
function reopenNonBlocking(type: FileType): number | undefined {
  if (process.platform !== 'linux' || !(type === 'pipe' || type === 'character device')) {
    return undefined;
  }
  const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const fd = system.open(`/proc/self/fd/${STDOUT}`, flags);
  return fd < 0 ? undefined : fd;
}

function isWritable(fd: number): boolean {
  try {
    for (;;) {
      const writable = new FdSet([fd]);
      const ready = select(new FdSet(), writable, 0);
      if (ready !== INTERRUPTED) return ready > 0;
    }
  } catch (error) {
    survivable(error);
    return false; // The loop's own select reports when to try again.
  }
}
