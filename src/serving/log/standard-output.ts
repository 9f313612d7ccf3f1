/** Standard output as a descriptor that can be written without waiting, as far as that is possible. */
import { constants } from 'node:fs';
import type { FileType } from '../../sockets/native.ts';
import { FdSet, INTERRUPTED, select } from '../../sockets/select.ts';
import { system } from '../../sockets/system-calls.ts';
import { survivable } from '../../sockets/system-error.ts';

const STDOUT = 1;

export interface StandardOutput {
  readonly fd: number;
  /** Bytes to write at a time. */
  readonly writeBytes: number;
  /** Whether a write of at most so many bytes would not wait now. */
  isWritable(): boolean;
  /** Whether it is a pipe: when its reader has gone, another may come. */
  readonly mayGetReader: boolean;
}

/**
 * A pipe takes so many bytes as a whole or not at all, whoever else writes to it: PIPE_BUF. Where
 * select(2) says that a pipe or a socket is writable, so many bytes fit.
 */
const PIPE_WRITE_BYTES = 4096;

/** A file takes whatever it is given, in the time of a system call and a copy. */
const FILE_WRITE_BYTES = 64 * 1024;

/**
 * Terminals and pipes are opened anew with O_NONBLOCK, and a write says itself when it would wait.
 * Others are asked before each write. (That is not enough for pipes with several writers: on macOS,
 * where they cannot be opened anew, server2's threads may wait for a display that nobody reads.)
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
 * O_NONBLOCK belongs to the open file, and ours must not disturb those who share it: hence a file
 * of our own. Undefined where that is not possible or not needed.
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
    return false; // The loop's own select says when to try again.
  }
}
