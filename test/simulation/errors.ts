/**
 * What each system call may fail with by its manual page, when the program is right. Errors that
 * only a wrong program sees (EBADF, EFAULT, EINVAL, ENOTSOCK) are not here: the simulated kernel
 * reports these by itself, when the program is wrong.
 */
import { constants } from 'node:os';

/** Linux has these too; Node does not name them. */
const UNNAMED: Record<string, number> = {
  ENOSR: 63,
  ENONET: 64,
  ESOCKTNOSUPPORT: 94,
  EHOSTDOWN: 112,
};

const numbersOf = (names: string): readonly number[] => names.split(' ').map(name => errnoOf(name));

export function errnoOf(name: string): number {
  const errno = constants.errno[name as keyof typeof constants.errno] ?? UNNAMED[name];
  if (errno === undefined) throw new Error(`no such error: ${name}`);
  return errno;
}

export const EAGAIN = errnoOf('EAGAIN');
export const EINTR = errnoOf('EINTR');
export const EBADF = errnoOf('EBADF');
export const EINVAL = errnoOf('EINVAL');
export const EPIPE = errnoOf('EPIPE');
export const EMFILE = errnoOf('EMFILE');
export const ENOTCONN = errnoOf('ENOTCONN');
export const ECONNRESET = errnoOf('ECONNRESET');
export const ECONNABORTED = errnoOf('ECONNABORTED');
export const ETIMEDOUT = errnoOf('ETIMEDOUT');

/** The connection that was to be accepted is lost with these. */
export const ACCEPT_LOSES = numbersOf(
  'ECONNABORTED EPERM EPROTO ENETDOWN ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH EOPNOTSUPP ' +
    'ENETUNREACH ETIMEDOUT ECONNRESET ENOTCONN EPROTONOSUPPORT ESOCKTNOSUPPORT EACCES',
);
/** It stays in the queue with these. */
export const ACCEPT_FAILS = numbersOf('EMFILE ENFILE ENOBUFS ENOMEM ENOSR');
export const SELECT_FAILS = numbersOf('ENOMEM');
/** The connection is lost. */
export const RECV_FAILS = numbersOf('ECONNRESET ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOMEM EIO');
export const SEND_FAILS = numbersOf(
  'ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENETDOWN ENOBUFS ENOMEM EACCES',
);
/** The descriptor is closed all the same. */
export const CLOSE_FAILS = numbersOf('EINTR EIO ENOSPC EDQUOT');
export const WRITE_FAILS = numbersOf('ENOSPC EDQUOT EIO EFBIG EPIPE');
export const READ_FAILS = numbersOf('EIO EISDIR');
/** What listening may fail with, by call. */
export const START_FAILS = {
  socket: numbersOf('EACCES EAFNOSUPPORT EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT'),
  setsockopt: numbersOf('ENOMEM ENOBUFS ENOPROTOOPT'),
  bind: numbersOf('EACCES EADDRINUSE EADDRNOTAVAIL'),
  listen: numbersOf('EADDRINUSE'),
  getsockname: numbersOf('ENOBUFS'),
} as const;
