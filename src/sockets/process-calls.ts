/** System calls about the process and not about its sockets: files, limits, signals, time. */
import { fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { SIG_IGN } from './constants.ts';
import { libc, withErrno } from './ffi.ts';
import { fromLibuv } from './platform.ts';

/** What kind of file a descriptor is open on. */
export type FileType = 'file' | 'pipe' | 'socket' | 'character device' | 'other';

const NEVER_NOTIFIED = new Int32Array(new SharedArrayBuffer(4));

const c = {
  read: libc.func('int64_t read(int, void *, size_t)'),
  write: libc.func('int64_t write(int, const void *, size_t)'),
  getrlimit: libc.func('int getrlimit(int, void *)'),
  isatty: libc.func('int isatty(int)'),
  signal: libc.func('intptr_t signal(int, intptr_t)'),
  _exit: libc.func('void _exit(int)'),
};

/** Part of `system`. system-calls.ts explains their results, and where arguments are checked. */
export const processCalls = {
  read: (fd: number, buffer: Uint8Array, length: number): number =>
    withErrno(c.read(fd, buffer, length)),
  write: (fd: number, bytes: Uint8Array, length: number): number =>
    withErrno(c.write(fd, bytes, length)),
  /** open(2) of a file that exists. Returns the new descriptor. */
  open: (path: string, flags: number): number => {
    try {
      return openSync(path, flags);
    } catch (error) {
      return (error as NodeJS.ErrnoException).errno as number;
    }
  },
  /** fstat(2). */
  fileType: (fd: number): FileType => {
    const status = fstatSync(fd);
    if (status.isFile()) return 'file';
    if (status.isFIFO()) return 'pipe';
    if (status.isSocket()) return 'socket';
    return status.isCharacterDevice() ? 'character device' : 'other';
  },
  /** isatty(3). */
  isatty: (fd: number): boolean => c.isatty(fd) === 1,
  /** getrlimit(2): the soft limit of a resource; Infinity for none. */
  softLimit: (resource: number): number => {
    const limit = new BigUint64Array(2);
    if (c.getrlimit(resource, limit) < 0) return Number.POSITIVE_INFINITY;
    const soft = limit[0] as bigint;
    return soft > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(soft);
  },
  /** signal(2) with SIG_IGN, which Node does not offer. Returns 0, or an error. */
  ignoreSignal: (signal: NodeJS.Signals): number =>
    Math.min(0, withErrno(c.signal(constants.signals[signal], SIG_IGN))),
  /** _exit(2): ends the process and all its threads at once, without Node's clean-up. */
  _exit: (code: number): void => c._exit(code),
  /** clock_gettime(2), CLOCK_MONOTONIC, in milliseconds with a fraction. */
  now: (): number => performance.now(),
  /** nanosleep(2), in milliseconds. */
  sleep: (ms: number): void => void Atomics.wait(NEVER_NOTIFIED, 0, 0, ms),
  /** The descriptor on which Node's event loop itself waits (uv_backend_fd). */
  nodeLoopDescriptor: (): number => {
    const [defaultLoop, backendFd] = fromLibuv(() => [
      libc.func('void *uv_default_loop()'),
      libc.func('int uv_backend_fd(void *)'),
    ]) as [() => unknown, (loop: unknown) => number];
    return backendFd(defaultLoop());
  },
  /** One iteration of Node's event loop. */
  nodeTick: (): Promise<void> => new Promise(resolve => setImmediate(resolve)),
};
