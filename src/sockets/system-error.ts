/** A system call that failed: which one, and the operating system's reason. */
import { getSystemErrorMap } from 'node:util';

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
}
