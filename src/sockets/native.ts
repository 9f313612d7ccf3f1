/**
 * The operating system's side of calcd: every C declaration, constant and struct layout it uses,
 * for Linux and macOS, and the one import of the FFI. Results are handed on as C gives them, -1
 * and errno included; socket.ts and select.ts say what they mean.
 */
import { constants } from 'node:os';
import koffi from 'koffi';
import type { Address } from './address.ts';

interface Platform {
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_ERROR: number;
  readonly SO_KEEPALIVE: number;
  /** Seconds of silence before the first keepalive probe; macOS calls it TCP_KEEPALIVE. */
  readonly TCP_KEEPIDLE: number;
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
    TCP_KEEPIDLE: 4,
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
    TCP_KEEPIDLE: 0x10,
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
  const { arch, platform } = process; // Importing node:process has effects: see cli.ts.
  const found = PLATFORMS[platform];
  if (!found) {
    throw new Error(`calcd's sockets need Linux or macOS; this is ${platform} on ${arch}`);
  }
  return found;
}

const P = platformOrThrow();

export const {
  SOL_SOCKET,
  SO_REUSEADDR,
  SO_ERROR,
  SO_KEEPALIVE,
  TCP_KEEPIDLE,
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

export const { EAGAIN, EINTR, EINPROGRESS, ENOTCONN, EBADF } = constants.errno;

/** The calling thread's error number. Ask at once: any other call may change it. */
export const errno: () => number = koffi.errno;

const libc = koffi.load(null);

export const socket: (family: number, type: number, protocol: number) => number = libc.func(
  'int socket(int, int, int)',
);
export const bind: (fd: number, address: Uint8Array, length: number) => number = libc.func(
  'int bind(int, const void *, uint32_t)',
);
export const listen: (fd: number, backlog: number) => number = libc.func('int listen(int, int)');
export const connect: (fd: number, address: Uint8Array, length: number) => number = libc.func(
  'int connect(int, const void *, uint32_t)',
);
export const recv: (fd: number, buffer: Uint8Array, length: number, flags: number) => number =
  libc.func('int64_t recv(int, void *, size_t, int)');
export const send: (fd: number, buffer: Uint8Array, length: number, flags: number) => number =
  libc.func('int64_t send(int, const void *, size_t, int)');
export const shutdown: (fd: number, how: number) => number = libc.func('int shutdown(int, int)');
export const close: (fd: number) => number = libc.func('int close(int)');
export const select: (
  nfds: number,
  read: Uint32Array | null,
  write: Uint32Array | null,
  except: Uint32Array | null,
  timeout: Int32Array | null,
) => number = libc.func(P.select, 'int', ['int', 'void *', 'void *', 'void *', 'void *']);
export const setsockopt: (
  fd: number,
  level: number,
  option: number,
  value: Int32Array,
  length: number,
) => number = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
export const getsockopt: (
  fd: number,
  level: number,
  option: number,
  value: Int32Array,
  length: Uint32Array,
) => number = libc.func('int getsockopt(int, int, int, void *, void *)');
export const getsockname: (fd: number, address: Uint8Array, length: Uint32Array) => number =
  libc.func('int getsockname(int, void *, void *)');

const variadicFcntl: (fd: number, command: number, type: 'int', value: number) => number =
  libc.func('int fcntl(int, int, ...)');

export function fcntl(fd: number, command: number, value: number): number {
  return variadicFcntl(fd, command, 'int', value);
}

const variadicIoctl: (fd: number, request: number, type: 'void *', value: Int32Array) => number =
  libc.func('int ioctl(int, unsigned long, ...)');

export function ioctl(fd: number, request: number, value: Int32Array): number {
  return variadicIoctl(fd, request, 'void *', value);
}

/** accept(2) with SOCK_CLOEXEC and SOCK_NONBLOCK, in one call where the system has accept4(2). */
export const accept: (
  fd: number,
  address: Uint8Array,
  length: Uint32Array,
  flags: number,
) => number = SOCK_CLOEXEC
  ? libc.func('int accept4(int, void *, void *, int)')
  : acceptThenSetFlags();

function acceptThenSetFlags(): typeof accept {
  const plainAccept = libc.func('int accept(int, void *, void *)');
  return (fd, address, length) => {
    const accepted = plainAccept(fd, address, length);
    if (accepted >= 0) fcntl(accepted, F_SETFD, FD_CLOEXEC);
    return accepted;
  };
}

const getrlimitOf: (resource: number, limit: BigUint64Array) => number = libc.func(
  'int getrlimit(int, void *)',
);

/** The soft limit of a resource as getrlimit(2) tells it; Infinity for none. */
export function softLimit(resource: number): number {
  const limit = new BigUint64Array(2);
  if (getrlimitOf(resource, limit) < 0) return Number.POSITIVE_INFINITY;
  const soft = limit[0] as bigint;
  return soft > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(soft);
}

const isatty: (fd: number) => number = libc.func('int isatty(int)');

/** isatty(3): whether a descriptor is a terminal. */
export function isTerminal(fd: number): boolean {
  return isatty(fd) === 1;
}

/** _exit(2): ends the process at once, threads and all, without Node's own farewell. */
export const exitAtOnce: (code: number) => void = libc.func('void _exit(int)');

/** libuv's own descriptor, which turns readable when Node's event loop has something to do. */
export function nodeBackendDescriptor(): number {
  const defaultLoop = libc.func('void *uv_default_loop()');
  const backendFd = libc.func('int uv_backend_fd(void *)');
  return backendFd(defaultLoop());
}

export const SOCKADDR_IN_BYTES = 16;

/** struct sockaddr_in: family, port and address, the last two in network order. */
export function encodeSockaddr({ host, port }: Address): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  if (P.sockaddrHasLength) bytes.set([SOCKADDR_IN_BYTES, AF_INET]);
  else bytes.set([AF_INET, 0]);
  bytes.set([port >> 8, port & 0xff, ...host.split('.').map(Number)], 2);
  return bytes;
}

export function decodeSockaddr(bytes: Uint8Array): Address {
  const [high, low, ...octets] = bytes.subarray(2, 8);
  return { host: octets.join('.'), port: ((high as number) << 8) | (low as number) };
}

const LONG_WORDS = koffi.sizeof('long') / 4;

/** struct timeval for a time of 0 ms or more; what is left over of a microsecond is rounded up. */
export function encodeTimeval(ms: number): Int32Array {
  const timeval = new Int32Array(2 * LONG_WORDS);
  const microseconds = Math.ceil(ms * 1000);
  timeval[0] = Math.floor(microseconds / 1_000_000);
  timeval[LONG_WORDS] = microseconds % 1_000_000;
  return timeval;
}
