/**
 * A TCP/IPv4 socket of the operating system: the BSD calls under their own names. A call that was
 * interrupted is made again (connect apart, which may not be), one that would block says so by its
 * result, and whatever else fails throws a SystemError.
 */
import { type Address, formatAddress, isIPv4, isPort } from './address.ts';
import * as native from './native.ts';
import { SystemError } from './system-error.ts';

/** What a call on a non-blocking socket returns when it would have to wait. */
export const WOULD_BLOCK = -1;

/**
 * What accept(2) may report about a client that is gone already, or its network: accept again.
 * ENOTSUP is EOPNOTSUPP: on Linux they are one number, and Node's name for it is the former.
 */
const NO_CLIENT_THIS_TIME = new Set([
  'ENETDOWN',
  'EPROTO',
  'ENOPROTOOPT',
  'EHOSTDOWN',
  'ENONET',
  'EHOSTUNREACH',
  'ENOTSUP',
  'ENETUNREACH',
  'ECONNABORTED',
]);

/** What is received, what is sent, or both. */
export type Direction = 'read' | 'write' | 'both';

const SHUTDOWN: Record<Direction, number> = {
  read: native.SHUT_RD,
  write: native.SHUT_WR,
  both: native.SHUT_RDWR,
};

/** SO_REUSEADDR, SO_KEEPALIVE (socket(7)), TCP_KEEPIDLE and TCP_NODELAY (tcp(7)). */
export type SocketOption = 'reuseAddress' | 'keepAlive' | 'keepIdle' | 'noDelay';

const OPTIONS: Record<SocketOption, readonly [level: number, name: number]> = {
  reuseAddress: [native.SOL_SOCKET, native.SO_REUSEADDR],
  keepAlive: [native.SOL_SOCKET, native.SO_KEEPALIVE],
  keepIdle: [native.IPPROTO_TCP, native.TCP_KEEPIDLE],
  noDelay: [native.IPPROTO_TCP, native.TCP_NODELAY],
};

/** A client that accept(2) has taken. */
export interface Accepted {
  /** The connection to it. */
  readonly socket: Socket;
  /** Where it calls from. */
  readonly peer: Address;
}

/**
 * A descriptor and the calls on it. It holds nothing else: two sockets of one descriptor are one
 * socket, also in two threads, and nothing closes it but `close`. Every method throws a
 * {@link SystemError} when its call fails, EBADF after `close` included.
 */
export class Socket {
  /** The descriptor: the "socket number". */
  readonly fd: number;

  /** Adopts a descriptor that somebody else opened. @param fd as the system numbers it. */
  constructor(fd: number) {
    this.fd = fd;
  }

  /** socket(2): a new blocking TCP/IPv4 socket, closed on exec. */
  static open(): Socket {
    const fd = native.socket(
      native.AF_INET,
      native.SOCK_STREAM | native.SOCK_CLOEXEC,
      native.IPPROTO_TCP,
    );
    if (fd < 0) throw new SystemError('socket', native.errno());
    return new Socket(fd);
  }

  /**
   * bind(2). Port 0 lets the system choose: ask `localAddress`.
   * @throws RangeError when the host is not an IPv4 address, or the port none.
   */
  bind(address: Address): void {
    const sockaddr = sockaddrOf(address);
    if (native.bind(this.fd, sockaddr, sockaddr.length) < 0) {
      throw new SystemError('bind', native.errno());
    }
  }

  /** listen(2). @param backlog connections that may wait to be accepted. */
  listen(backlog: number): void {
    if (native.listen(this.fd, backlog) < 0) throw new SystemError('listen', native.errno());
  }

  /**
   * connect(2). A blocking socket waits for the answer; a non-blocking one can be written to
   * (`select`) when the answer is there, and `connectError` tells what it was.
   * @returns whether it is connected: false when it is not known yet.
   * @throws RangeError when the host is not an IPv4 address, or the port none.
   */
  connect(address: Address): boolean {
    const sockaddr = sockaddrOf(address);
    if (native.connect(this.fd, sockaddr, sockaddr.length) === 0) return true;
    const errno = native.errno();
    if (errno === native.EINPROGRESS) return false;
    throw new SystemError('connect', errno);
  }

  /** The answer to a non-blocking `connect` (SO_ERROR, socket(7)); undefined: it is connected. */
  connectError(): SystemError | undefined {
    const error = new Int32Array(1);
    const length = new Uint32Array([error.byteLength]);
    if (native.getsockopt(this.fd, native.SOL_SOCKET, native.SO_ERROR, error, length) < 0) {
      throw new SystemError('getsockopt', native.errno());
    }
    const errno = error[0] as number;
    return errno === 0 ? undefined : new SystemError('connect', errno);
  }

  /**
   * accept(2): the next client, or undefined when there is none, be it that accept would block or
   * that the client has gone again. What a client may not cause (EMFILE, say) throws.
   * @param nonBlocking whether the client's socket, not this one, shall be non-blocking.
   */
  accept(nonBlocking: boolean): Accepted | undefined {
    const sockaddr = new Uint8Array(native.SOCKADDR_IN_BYTES);
    const flags = native.SOCK_CLOEXEC | (nonBlocking ? native.SOCK_NONBLOCK : 0);
    for (;;) {
      const length = new Uint32Array([sockaddr.length]);
      const fd = native.accept(this.fd, sockaddr, length, flags);
      if (fd >= 0) {
        const socket = new Socket(fd);
        if (!native.SOCK_NONBLOCK) socket.setNonBlocking(nonBlocking);
        return { socket, peer: native.decodeSockaddr(sockaddr) };
      }
      const error = new SystemError('accept', native.errno());
      if (error.errno === native.EAGAIN || NO_CLIENT_THIS_TIME.has(error.code)) return undefined;
      if (error.errno !== native.EINTR) throw error;
    }
  }

  /**
   * recv(2) into the beginning of a buffer, as much as is there and fits.
   * @returns bytes received, 0 at the end of the stream, or {@link WOULD_BLOCK}.
   */
  recv(buffer: Uint8Array): number {
    for (;;) {
      const received = native.recv(this.fd, buffer, buffer.length, 0);
      if (received >= 0) return received;
      if (wouldBlock('recv')) return WOULD_BLOCK;
    }
  }

  /** Whether the stream has ended, or failed, with nothing left to receive. Never waits. */
  isAtEnd(): boolean {
    const flags = native.MSG_PEEK | native.MSG_DONTWAIT;
    const received = native.recv(this.fd, new Uint8Array(1), 1, flags);
    if (received >= 0) return received === 0;
    const errno = native.errno();
    return errno !== native.EAGAIN && errno !== native.EINTR;
  }

  /** Bytes sent that the peer's system has not acknowledged yet (TIOCOUTQ, tcp(7)). */
  unacknowledged(): number {
    const bytes = new Int32Array(1);
    if (native.ioctl(this.fd, native.TIOCOUTQ, bytes) < 0) {
      throw new SystemError('ioctl', native.errno());
    }
    return bytes[0] as number;
  }

  /**
   * send(2) of the first bytes of a buffer, without SIGPIPE: EPIPE is thrown like any other.
   * @param length in bytes; the whole buffer's, if not given.
   * @returns bytes taken, perhaps fewer than given, or {@link WOULD_BLOCK}.
   */
  send(buffer: Uint8Array, length = buffer.length): number {
    for (;;) {
      const sent = native.send(this.fd, buffer, length, native.MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (wouldBlock('send')) return WOULD_BLOCK;
    }
  }

  /**
   * shutdown(2): ends one direction or both. The descriptor stays open.
   * @returns whether there was a connection to shut down.
   */
  shutdown(direction: Direction): boolean {
    if (native.shutdown(this.fd, SHUTDOWN[direction]) === 0) return true;
    const errno = native.errno();
    if (errno === native.ENOTCONN) return false;
    throw new SystemError('shutdown', errno);
  }

  /** close(2). An interrupted close has closed: never again, the number may be another's by now. */
  close(): void {
    if (native.close(this.fd) === 0) return;
    const errno = native.errno();
    if (errno === native.EBADF) throw new SystemError('close', errno);
  }

  /** setsockopt(2). @param value 0 or 1 for a switch, seconds for keepIdle. */
  setOption(option: SocketOption, value: number): void {
    const [level, name] = OPTIONS[option];
    if (native.setsockopt(this.fd, level, name, new Int32Array([value]), 4) < 0) {
      throw new SystemError('setsockopt', native.errno());
    }
  }

  /** fcntl(2): O_NONBLOCK on or off. */
  setNonBlocking(on: boolean): void {
    const flags = native.fcntl(this.fd, native.F_GETFL, 0);
    if (flags < 0) throw new SystemError('fcntl', native.errno());
    const changed = on ? flags | native.O_NONBLOCK : flags & ~native.O_NONBLOCK;
    if (native.fcntl(this.fd, native.F_SETFL, changed) < 0) {
      throw new SystemError('fcntl', native.errno());
    }
  }

  /** getsockname(2): the address it is bound to, with the real port. */
  localAddress(): Address {
    const sockaddr = new Uint8Array(native.SOCKADDR_IN_BYTES);
    if (native.getsockname(this.fd, sockaddr, new Uint32Array([sockaddr.length])) < 0) {
      throw new SystemError('getsockname', native.errno());
    }
    return native.decodeSockaddr(sockaddr);
  }
}

/** Why recv or send failed: true when it would block, false to try again; the rest throws. */
function wouldBlock(call: string): boolean {
  const errno = native.errno();
  if (errno === native.EAGAIN) return true;
  if (errno === native.EINTR) return false;
  throw new SystemError(call, errno);
}

/** Throws a RangeError for a host or port that is none. */
function sockaddrOf(address: Address): Uint8Array {
  if (isIPv4(address.host) && isPort(address.port)) return native.encodeSockaddr(address);
  throw new RangeError(`not an IPv4 address and port: ${formatAddress(address)}`);
}
