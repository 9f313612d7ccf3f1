/** A system call that failed: which one, and the operating system's reason. */
import { getSystemErrorMap } from 'node:util';

/**
 * Errors that the program itself has made: the descriptor is not open or of another kind, an
 * argument is invalid, the system has no such call. They come again however often it is tried.
 * All others are the doing of a peer, a network or a machine, and may pass.
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

  /** Whether it is no use to try again: the program is wrong, and not its surroundings. */
  get isProgrammingError(): boolean {
    return PROGRAMMING_ERRORS.has(this.code);
  }
}

/** Passes on an error that may pass by itself; throws what the program must not survive. */
export function survivable(error: unknown): SystemError {
  if (error instanceof SystemError && !error.isProgrammingError) return error;
  throw error;
}
