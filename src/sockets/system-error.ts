/** A system call that failed: which one, and the operating system's reason. */
import { getSystemErrorMap } from 'node:util';

/**
 * Errors that the program itself has caused: the descriptor is not open or not a socket, an argument
 * is invalid, the system has no such call. They never pass. All others come from a peer, a network or
 * a machine, and may pass.
 */
export const PROGRAMMING_ERRORS: ReadonlySet<string> = new Set([
  'EBADF',
  'EFAULT',
  'EINVAL',
  'ENOSYS',
  'ENOTSOCK',
  'ENOTTY',
]);

export class SystemError extends Error {
  override readonly name = 'SystemError';
  /** The system call, as in its manual page: `bind`. */
  readonly call: string;
  readonly errno: number;
  /** The symbolic name of errno: `EADDRINUSE`. */
  readonly code: string;
  /** What errno means, in words: `address already in use`. */
  readonly reason: string;

  constructor(call: string, errno: number) {
    const [code, reason] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
    super(`${call}: ${reason} (${code})`);
    this.call = call;
    this.errno = errno;
    this.code = code;
    this.reason = reason;
  }

  /** Whether the program itself is wrong, so that it is useless to try again. */
  get isProgrammingError(): boolean {
    return PROGRAMMING_ERRORS.has(this.code);
  }
}

/** Returns an error that may pass; throws any other: the program must not go on. */
export function survivable(error: unknown): SystemError {
  if (error instanceof SystemError && !error.isProgrammingError) return error;
  throw error;
}
