/**
 * The one place where calcd meets the operating system. Every system call that serves clients, and
 * the clock, is a function of `system`. In production these are the calls themselves, made through
 * the FFI (koffi). `interpose` replaces them: with a kernel that a test simulates, or with a tracer
 * that records each call and passes it on.
 *
 * A result is what the kernel itself returns: 0 or more, or an error number (errno(3)), negated. So a
 * later call cannot overwrite the error number.
 */
import type { Address } from './address.ts';
import { F_SETFD, FD_CLOEXEC, SELECT, SOCK_CLOEXEC } from './constants.ts';
import { libc, withErrno } from './ffi.ts';
import { processCalls } from './process-calls.ts';
import { encodeSockaddr, encodeTimeval, SOCKADDR_IN_BYTES } from './structs.ts';

export type SystemCalls = typeof nativeCalls;

const c = {
  socket: libc.func('int socket(int, int, int)'),
  bind: libc.func('int bind(int, const void *, uint32_t)'),
  listen: libc.func('int listen(int, int)'),
  connect: libc.func('int connect(int, const void *, uint32_t)'),
  recv: libc.func('int64_t recv(int, void *, size_t, int)'),
  send: libc.func('int64_t send(int, const void *, size_t, int)'),
  shutdown: libc.func('int shutdown(int, int)'),
  close: libc.func('int close(int)'),
  select: libc.func(SELECT, 'int', ['int', 'void *', 'void *', 'void *', 'void *']),
  setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
  getsockopt: libc.func('int getsockopt(int, int, int, void *, void *)'),
  getsockname: libc.func('int getsockname(int, void *, void *)'),
  fcntl: libc.func('int fcntl(int, int, ...)'),
  ioctl: libc.func('int ioctl(int, unsigned long, ...)'),
};

const sockaddrLength = (): Uint32Array => new Uint32Array([SOCKADDR_IN_BYTES]);

/** accept4(2) where the system has it (Linux); else accept(2), and FD_CLOEXEC afterwards. */
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

/**
 * The calls as C has them. Neither C nor this file checks the arguments. Their callers do:
 *   fd                an open descriptor: Socket (socket.ts); the log and stop-triggers.ts pass 0, 1
 *                     or a descriptor that `open` returned
 *   buffer, length    existing memory, and no length beyond it: checks.ts; log-output.ts and
 *                     stop-triggers.ts pass buffers of their own
 *   sockaddr          16 bytes: Socket makes it
 *   address           checkedAddress (address.ts)
 *   backlog, value    integers that fit an int: Socket.listen, socket-options.ts
 *   nfds, read, write below 2^20, with bitmaps of that length: FdSet and `select` (select.ts)
 *   timeout           0 to 1e11 ms, or Infinity: `select`
 *   all others        constants of constants.ts
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
  /** select(2). Its sets are bitmaps with an even number of words; the timeout is in ms. */
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
  ...processCalls,
};

export const system: Readonly<SystemCalls> = { ...nativeCalls };

/**
 * Replaces system calls in this thread.
 * @param replace receives the calls as they are now and returns the ones that change.
 * @returns a function that restores them.
 */
export function interpose(replace: (calls: SystemCalls) => Partial<SystemCalls>): () => void {
  const before = { ...system };
  Object.assign(system, replace(before));
  return () => void Object.assign(system, before);
}
