/**
 * The operating system's side of calcd: every C declaration, constant and struct layout it uses,
 * for Linux and macOS, and the one import of the FFI. The rest of calcd makes these calls through
 * system-calls.ts, where they can be replaced.
 */
import { fstatSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import koffi from 'koffi';
import type { Address } from './address.ts';
import { fromLibuv, requireSystem } from './platform.ts';

interface Platform {
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_ERROR: number;
  readonly SO_KEEPALIVE: number;
  readonly SO_OOBINLINE: number;
  readonly SO_RCVTIMEO: number;
  /** Seconds of silence before the first keepalive probe; macOS calls it TCP_KEEPALIVE. */
  readonly TCP_KEEPIDLE: number;
  readonly TCP_KEEPINTVL: number;
  readonly TCP_KEEPCNT: number;
  /** How long sent bytes may stay unacknowledged; macOS calls it TCP_RXT_CONNDROPTIME. */
  readonly TCP_USER_TIMEOUT: number;
  /** The unit of TCP_USER_TIMEOUT: a second has so many. */
  readonly USER_TIMEOUT_UNITS: number;
  readonly MSG_NOSIGNAL: number;
  readonly MSG_DONTWAIT: number;
  /** ioctl(2): bytes sent that the peer has not acknowledged; Linux also calls it SIOCOUTQ. */
  readonly TIOCOUTQ: number;
  readonly O_NONBLOCK: number;
  /** Flags of socket(2) and accept4(2); 0 where the system has no such flags. */
  readonly SOCK_CLOEXEC: number;
  readonly SOCK_NONBLOCK: number;
  readonly RLIMIT_NOFILE: number;
  readonly RLIMIT_NPROC: number;
  /** The select(2) that takes descriptors of any number. */
  readonly select: string;
  /** macOS begins a sockaddr with its length, in the byte that is the family's low one on Linux. */
  readonly sockaddrHasLength: boolean;
}

const PLATFORMS: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: {
    SOL_SOCKET: 1,
    SO_REUSEADDR: 2,
    SO_ERROR: 4,
    SO_KEEPALIVE: 9,
    SO_OOBINLINE: 10,
    SO_RCVTIMEO: 20,
    TCP_KEEPIDLE: 4,
    TCP_KEEPINTVL: 5,
    TCP_KEEPCNT: 6,
    TCP_USER_TIMEOUT: 18,
    USER_TIMEOUT_UNITS: 1000,
    MSG_NOSIGNAL: 0x4000,
    MSG_DONTWAIT: 0x40,
    TIOCOUTQ: 0x5411,
    O_NONBLOCK: 0x800,
    SOCK_CLOEXEC: 0x80000,
    SOCK_NONBLOCK: 0x800,
    RLIMIT_NOFILE: 7,
    RLIMIT_NPROC: 6,
    select: 'select',
    sockaddrHasLength: false,
  },
  darwin: {
    SOL_SOCKET: 0xffff,
    SO_REUSEADDR: 0x4,
    SO_ERROR: 0x1007,
    SO_KEEPALIVE: 0x8,
    SO_OOBINLINE: 0x100,
    SO_RCVTIMEO: 0x1006,
    TCP_KEEPIDLE: 0x10,
    TCP_KEEPINTVL: 0x101,
    TCP_KEEPCNT: 0x102,
    TCP_USER_TIMEOUT: 0x80,
    USER_TIMEOUT_UNITS: 1,
    MSG_NOSIGNAL: 0,
    MSG_DONTWAIT: 0x80,
    TIOCOUTQ: 0x40047473,
    O_NONBLOCK: 0x4,
    SOCK_CLOEXEC: 0,
    SOCK_NONBLOCK: 0,
    RLIMIT_NOFILE: 8,
    RLIMIT_NPROC: 7,
    select: 'select$DARWIN_EXTSN',
    sockaddrHasLength: true,
  },
};

function platformOrThrow(): Platform {
  requireSystem();
  return PLATFORMS[process.platform] as Platform;
}

const P = platformOrThrow();

export const {
  SOL_SOCKET,
  SO_REUSEADDR,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SO_RCVTIMEO,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_KEEPCNT,
  TCP_USER_TIMEOUT,
  USER_TIMEOUT_UNITS,
  MSG_NOSIGNAL,
  MSG_DONTWAIT,
  TIOCOUTQ,
  O_NONBLOCK,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
} = P;

export const AF_INET = 2;
export const SOCK_STREAM = 1;
export const IPPROTO_TCP = 6;
export const TCP_NODELAY = 1;
export const MSG_PEEK = 2;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const F_GETFL = 3;
export const F_SETFL = 4;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const SIG_IGN = 1;

export const { EAGAIN, EINTR, EINPROGRESS, EIO, ENOTCONN, EBADF } = constants.errno;

const libc = koffi.load(null);

const c = {
  socket: libc.func('int socket(int, int, int)'),
  bind: libc.func('int bind(int, const void *, uint32_t)'),
  listen: libc.func('int listen(int, int)'),
  connect: libc.func('int connect(int, const void *, uint32_t)'),
  recv: libc.func('int64_t recv(int, void *, size_t, int)'),
  send: libc.func('int64_t send(int, const void *, size_t, int)'),
  shutdown: libc.func('int shutdown(int, int)'),
  close: libc.func('int close(int)'),
  select: libc.func(P.select, 'int', ['int', 'void *', 'void *', 'void *', 'void *']),
  setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
  getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
  getsockname: libc.func('int getsockname(int, void *, void *)'),
  fcntl: libc.func('int fcntl(int, int, ...)'),
  ioctl: libc.func('int ioctl(int, unsigned long, ...)'),
  read: libc.func('int64_t read(int, void *, size_t)'),
  write: libc.func('int64_t write(int, const void *, size_t)'),
  getrlimit: libc.func('int getrlimit(int, void *)'),
  isatty: libc.func('int isatty(int)'),
  signal: libc.func('intptr_t signal(int, intptr_t)'),
  _exit: libc.func('void _exit(int)'),
};

/** A result of C as the kernel itself gives it: 0 or more, or errno, negated. No call may come between. */
const withErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);

const sockaddrLength = (): Uint32Array => new Uint32Array([SOCKADDR_IN_BYTES]);

/** In one call where the system has accept4(2). */
function acceptCall(): (fd: number, sockaddr: Uint8Array, flags: number) => number {
  if (SOCK_CLOEXEC) {
    const accept4 = libc.func('int accept4(int, void *, void *, int)');
    return (fd, sockaddr, flags) => withErrno(accept4(fd, sockaddr, sockaddrLength(), flags));
  }
  const accept = libc.func('int accept(int, void *, void *)');
  return (fd, sockaddr) => {
    const accepted = withErrno(accept(fd, sockaddr, sockaddrLength()));
    if (accepted < 0) return accepted;
    const result = withErrno(c.fcntl(accepted, F_SETFD, 'int', FD_CLOEXEC));
    if (result < 0) c.close(accepted);
    return result < 0 ? result : accepted;
  };
}

const NEVER_NOTIFIED = new Int32Array(new SharedArrayBuffer(4));

/** What kind of file a descriptor is open on. */
export type FileType = 'file' | 'pipe' | 'socket' | 'character device' | 'other';

/**
 * The calls themselves. Results are the kernel's own: 0 or more, or an error number (errno(3)),
 * negated. So one number says all, and nothing can come between a call and why it failed.
 *
 * C believes what it is given, and nothing is checked here. Who guarantees each parameter:
 *   fd                an int: Socket's constructor (socket.ts), and its #openFd, that it is open;
 *                     serving/ else passes 0, 1 or what `open` returned
 *   length            not beyond its buffer: Socket.recv and send (checks.ts); log/log-output.ts keeps
 *                     it within its own buffer, serving/stdin-eof.ts passes the buffer's length
 *   buffer, bytes     a Uint8Array with its memory: checkedBytes (checks.ts)
 *   sockaddr          16 bytes: only Socket makes one, of SOCKADDR_IN_BYTES
 *   address           checkedAddress (socket.ts)
 *   backlog, value    ints: Socket.listen and setOption (checks.ts)
 *   nfds, read, write below 2^20, with bitmaps as long: FdSet and `select` (select.ts)
 *   timeout           0 to 1e11 ms, or Infinity: `select` (select.ts)
 *   the rest          constants of this file, which callers cannot name: Socket's tables hold them
 */
export const nativeCalls = {
  /** socket(2). Returns the new descriptor. */
  socket: (family: number, type: number, protocol: number): number =>
    withErrno(c.socket(family, type, protocol)),
  bind: (fd: number, address: Address): number =>
    withErrno(c.bind(fd, encodeSockaddr(address), SOCKADDR_IN_BYTES)),
  listen: (fd: number, backlog: number): number => withErrno(c.listen(fd, backlog)),
  connect: (fd: number, address: Address): number =>
    withErrno(c.connect(fd, encodeSockaddr(address), SOCKADDR_IN_BYTES)),
  /** accept4(2) with SOCK_CLOEXEC or SOCK_NONBLOCK or both; `sockaddr` becomes the peer's address. */
  accept: acceptCall(),
  recv: (fd: number, buffer: Uint8Array, length: number, flags: number): number =>
    withErrno(c.recv(fd, buffer, length, flags)),
  send: (fd: number, bytes: Uint8Array, length: number, flags: number): number =>
    withErrno(c.send(fd, bytes, length, flags)),
  shutdown: (fd: number, how: number): number => withErrno(c.shutdown(fd, how)),
  close: (fd: number): number => withErrno(c.close(fd)),
  /** select(2). Its sets are bitmaps with an even number of words; its timeout is in ms, or Infinity. */
  select: (
    nfds: number,
    read: Uint32Array | null,
    write: Uint32Array | null,
    timeout: number,
  ): number => {
    const timeval = timeout === Number.POSITIVE_INFINITY ? null : encodeTimeval(timeout);
    return withErrno(c.select(nfds, read, write, null, timeval));
  },
  /** setsockopt(2), for an option whose value is an int or several. */
  setsockopt: (fd: number, level: number, option: number, value: Int32Array): number =>
    withErrno(c.setsockopt(fd, level, option, value, value.byteLength)),
  /** getsockopt(2), for an option whose value is an int of 0 or more. Returns the value. */
  getsockopt: (fd: number, level: number, option: number): number => {
    const value = new Int32Array(1);
    const result = c.getsockopt(fd, level, option, value, new Uint32Array([value.byteLength]));
    return result < 0 ? withErrno(result) : (value[0] as number);
  },
  getsockname: (fd: number, sockaddr: Uint8Array): number =>
    withErrno(c.getsockname(fd, sockaddr, sockaddrLength())),
  fcntl: (fd: number, command: number, value: number): number =>
    withErrno(c.fcntl(fd, command, 'int', value)),
  /** ioctl(2), for a request that asks for an int of 0 or more. Returns the int. */
  ioctl: (fd: number, request: number): number => {
    const value = new Int32Array(1);
    const result = c.ioctl(fd, request, 'void *', value);
    return result < 0 ? withErrno(result) : (value[0] as number);
  },
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
  /** signal(2) with SIG_IGN, of which Node knows nothing. Returns 0, or an error. */
  ignoreSignal: (signal: NodeJS.Signals): number =>
    Math.min(0, withErrno(c.signal(constants.signals[signal], SIG_IGN))),
  /** _exit(2): ends the process at once, all its threads included, without Node's own clean-up. */
  _exit: (code: number): void => c._exit(code),
  /** clock_gettime(2), CLOCK_MONOTONIC: milliseconds, with a fraction, since a moment in the past. */
  now: (): number => performance.now(),
  /** nanosleep(2): the thread sleeps for so many milliseconds, as select(2) cannot when it fails. */
  sleep: (ms: number): void => void Atomics.wait(NEVER_NOTIFIED, 0, 0, ms),
  /** The descriptor on which Node's event loop itself waits (uv_backend_fd). */
  nodeLoopDescriptor: (): number => {
    const [defaultLoop, backendFd] = fromLibuv(() => [
      libc.func('void *uv_default_loop()'),
      libc.func('int uv_backend_fd(void *)'),
    ]) as [() => unknown, (loop: unknown) => number];
    return backendFd(defaultLoop());
  },
  /** Lets Node's event loop go round once. */
  nodeTick: (): Promise<void> => new Promise(resolve => setImmediate(resolve)),
};

export const SOCKADDR_IN_BYTES = 16;

/** struct sockaddr_in: family, port and address, the last two in network order. For a checked address. */
export function encodeSockaddr({ host, port }: Address): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  if (P.sockaddrHasLength) bytes.set([SOCKADDR_IN_BYTES, AF_INET]);
  else bytes.set([AF_INET, 0]);
  bytes.set([port >> 8, port & 0xff, ...host.split('.').map(Number)], 2);
  return bytes;
}

/** What accept(2) or getsockname(2) wrote: 16 bytes, so that none is missing. */
export function decodeSockaddr(bytes: Uint8Array): Address {
  const [high, low, ...octets] = bytes.subarray(2, 8);
  return { host: octets.join('.'), port: ((high as number) << 8) | (low as number) };
}

const LONG_WORDS = koffi.sizeof('long') / 4;

/**
 * struct timeval for 0 to 1e11 ms, so that seconds fit the low 32 bits and the high ones are 0; what
 * is left over of a microsecond is rounded up.
 */
export function encodeTimeval(ms: number): Int32Array {
  const timeval = new Int32Array(2 * LONG_WORDS);
  const microseconds = Math.ceil(ms * 1000);
  timeval[0] = Math.floor(microseconds / 1_000_000);
  timeval[LONG_WORDS] = microseconds % 1_000_000;
  return timeval;
}
