/**
 * The constants of the operating system's headers, under their own names: one table for Linux and
 * macOS, which differ, and then those that are the same on both.
 */
import { constants } from 'node:os';
import { requireSystem } from './platform.ts';

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
  /** Units of TCP_USER_TIMEOUT per second. */
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
  /** The first byte of a sockaddr: its length on macOS, the low byte of the family on Linux. */
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
  select: SELECT,
  sockaddrHasLength: SOCKADDR_HAS_LENGTH,
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
export const F_SETFD = 2;
export const FD_CLOEXEC = 1;
export const SIG_IGN = 1;

export const { EAGAIN, EINTR, EINPROGRESS, EIO, ENOTCONN, EBADF } = constants.errno;
