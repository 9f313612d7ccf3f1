/**
 * A TCP/IPv4 socket of the operating system: the BSD calls under their own names. A call that was
 * interrupted is made again (connect apart, which may not be), one that would block says so by its
 * result, and whatever else fails throws a SystemError.
 */
import { type Address, formatAddress, isIPv4, isPort } from './address.ts';
import * as native from './native.ts';
import { system } from './system-calls.ts';
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
    const type = native.SOCK_STREAM | native.SOCK_CLOEXEC;
    return new Socket(done('socket', system.socket(native.AF_INET, type, native.IPPROTO_TCP)));
  }

  /**
   * bind(2). Port 0 lets the system choose: ask `localAddress`.
   * @throws RangeError when the host is not an IPv4 address, or the port none.
   */
  bind(address: Address): void {
    done('bind', system.bind(this.fd, checkedAddress(address)));
  }

  /** listen(2). @param backlog connections that may wait to be accepted. */
  listen(backlog: number): void {
    done('listen', system.listen(this.fd, backlog));
  }

  /**
   * connect(2). A blocking socket waits for the answer; a non-blocking one can be written to
   * (`select`) when the answer is there, and `connectError` tells what it was.
   * @returns whether it is connected: false when it is not known yet.
   * @throws RangeError when the host is not an IPv4 address, or the port none.
   */
  connect(address: Address): boolean {
    const result = system.connect(this.fd, checkedAddress(address));
    if (result === -native.EINPROGRESS) return false;
    done('connect', result);
    return true;
  }

  /** The answer to a non-blocking `connect` (SO_ERROR, socket(7)); undefined: it is connected. */
  connectError(): SystemError | undefined {
    const result = system.getsockopt(this.fd, native.SOL_SOCKET, native.SO_ERROR);
    const errno = done('getsockopt', result);
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
      const fd = system.accept(this.fd, sockaddr, flags);
      if (fd >= 0) {
        const socket = new Socket(fd);
        if (!native.SOCK_NONBLOCK) socket.setNonBlocking(nonBlocking);
        return { socket, peer: native.decodeSockaddr(sockaddr) };
      }
      if (fd === -native.EINTR) continue;
      if (fd === -native.EAGAIN) return undefined;
      const error = new SystemError('accept', -fd);
      if (!NO_CLIENT_THIS_TIME.has(error.code)) throw error;
      return undefined;
    }
  }

  /**
   * recv(2) into the beginning of a buffer, as much as is there and fits.
   * @returns bytes received, 0 at the end of the stream, or {@link WOULD_BLOCK}.
   */
  recv(buffer: Uint8Array): number {
    for (;;) {
      const received = system.recv(this.fd, buffer, buffer.length, 0);
      if (received >= 0) return received;
      if (received === -native.EAGAIN) return WOULD_BLOCK;
      if (received !== -native.EINTR) throw new SystemError('recv', -received);
    }
  }

  /** Whether the stream has ended, or failed, with nothing left to receive. Never waits. */
  isAtEnd(): boolean {
    const flags = native.MSG_PEEK | native.MSG_DONTWAIT;
    const received = system.recv(this.fd, new Uint8Array(1), 1, flags);
    if (received >= 0) return received === 0;
    return received !== -native.EAGAIN && received !== -native.EINTR;
  }

  /** Bytes sent that the peer's system has not acknowledged yet (TIOCOUTQ, tcp(7)). */
  unacknowledged(): number {
    return done('ioctl', system.ioctl(this.fd, native.TIOCOUTQ));
  }

  /**
   * send(2) of the first bytes of a buffer, without SIGPIPE: EPIPE is thrown like any other.
   * @param length in bytes; the whole buffer's, if not given.
   * @returns bytes taken, perhaps fewer than given, or {@link WOULD_BLOCK}.
   */
  send(buffer: Uint8Array, length = buffer.length): number {
    for (;;) {
      const sent = system.send(this.fd, buffer, length, native.MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (sent === -native.EAGAIN) return WOULD_BLOCK;
      if (sent !== -native.EINTR) throw new SystemError('send', -sent);
    }
  }

  /**
   * shutdown(2): ends one direction or both. The descriptor stays open.
   * @returns whether there was a connection to shut down.
   */
  shutdown(direction: Direction): boolean {
    const result = system.shutdown(this.fd, SHUTDOWN[direction]);
    if (result === -native.ENOTCONN) return false;
    done('shutdown', result);
    return true;
  }

  /** close(2). An interrupted close has closed: never again, the number may be another's by now. */
  close(): void {
    if (system.close(this.fd) === -native.EBADF) throw new SystemError('close', native.EBADF);
  }

  /** setsockopt(2). @param value 0 or 1 for a switch, seconds for keepIdle. */
  setOption(option: SocketOption, value: number): void {
    const [level, name] = OPTIONS[option];
    done('setsockopt', system.setsockopt(this.fd, level, name, new Int32Array([value])));
  }

  /** fcntl(2): O_NONBLOCK on or off. */
  setNonBlocking(on: boolean): void {
    const flags = done('fcntl', system.fcntl(this.fd, native.F_GETFL, 0));
    const changed = on ? flags | native.O_NONBLOCK : flags & ~native.O_NONBLOCK;
    done('fcntl', system.fcntl(this.fd, native.F_SETFL, changed));
  }

  /** getsockname(2): the address it is bound to, with the real port. */
  localAddress(): Address {
    const sockaddr = new Uint8Array(native.SOCKADDR_IN_BYTES);
    done('getsockname', system.getsockname(this.fd, sockaddr));
    return native.decodeSockaddr(sockaddr);
  }
}

/** Throws a SystemError for a call that failed. */
function done(call: string, result: number): number {
  if (result >= 0) return result;
  throw new SystemError(call, -result);
}

/** Throws a RangeError for a host or port that is none. */
function checkedAddress(address: Address): Address {
  if (isIPv4(address.host) && isPort(address.port)) return address;
  throw new RangeError(`not an IPv4 address and port: ${formatAddress(address)}`);
}
