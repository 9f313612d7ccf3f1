/**
 * A TCP/IPv4 socket of the operating system: the BSD calls under their own names. A call that was
 * interrupted is made again (connect apart, which may not be), one that would block says so by its
 * result, and whatever else fails throws a SystemError. What callers hand over is checked here
 * (checks.ts): native.ts believes it.
 */
import { type Address, formatAddress, isIPv4, isPort } from './address.ts';
import {
  checkedBytes,
  checkedInteger,
  checkedName,
  INT_MAX,
  INT_MIN,
  notAnInteger,
  wrongType,
} from './checks.ts';
import * as native from './native.ts';
import { system } from './system-calls.ts';
import { SystemError } from './system-error.ts';

/**
 * What `recv` and `send` return when they would have to wait. It is no number, so that it cannot be
 * taken for a length: TypeScript refuses to compute with it, and so does JavaScript (TypeError).
 */
export const WOULD_BLOCK: unique symbol = Symbol('WOULD_BLOCK');

/** What a timeval holds without a doubt: see select.ts. */
const LONGEST_TIMEOUT_S = 1e8;

/** What is received, what is sent, or both. */
export type Direction = 'read' | 'write' | 'both';

const SHUTDOWN: Record<Direction, number> = {
  read: native.SHUT_RD,
  write: native.SHUT_WR,
  both: native.SHUT_RDWR,
};

/**
 * SO_REUSEADDR, SO_KEEPALIVE, SO_OOBINLINE and SO_RCVTIMEO (socket(7)), TCP_KEEPIDLE, TCP_KEEPINTVL,
 * TCP_KEEPCNT, TCP_USER_TIMEOUT and TCP_NODELAY (tcp(7)). Sockets that `accept` returns have the
 * options of the listening socket.
 */
export type SocketOption =
  | 'reuseAddress'
  | 'keepAlive'
  | 'outOfBandInline'
  | 'receiveTimeout'
  | 'keepIdle'
  | 'keepInterval'
  | 'keepCount'
  | 'userTimeout'
  | 'noDelay';

const OPTIONS: Record<SocketOption, readonly [level: number, name: number]> = {
  reuseAddress: [native.SOL_SOCKET, native.SO_REUSEADDR],
  keepAlive: [native.SOL_SOCKET, native.SO_KEEPALIVE],
  outOfBandInline: [native.SOL_SOCKET, native.SO_OOBINLINE],
  receiveTimeout: [native.SOL_SOCKET, native.SO_RCVTIMEO],
  keepIdle: [native.IPPROTO_TCP, native.TCP_KEEPIDLE],
  keepInterval: [native.IPPROTO_TCP, native.TCP_KEEPINTVL],
  keepCount: [native.IPPROTO_TCP, native.TCP_KEEPCNT],
  userTimeout: [native.IPPROTO_TCP, native.TCP_USER_TIMEOUT],
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
 * A descriptor and the calls on it. Nothing closes it but `close`. Every method throws a
 * {@link SystemError} when its call fails. After `close` each throws EBADF without a call: the number
 * may be that of another file by then. A Socket does not know what others of the same descriptor do,
 * in another thread for example: the last use of the number must come before it is closed.
 */
export class Socket {
  readonly #fd: number;
  #isOpen = true;

  /**
   * Adopts a descriptor that is open. @param fd as the system numbers it.
   * @throws RangeError when it is no integer of 0 to 2^31 - 1, TypeError when it is no number.
   */
  constructor(fd: number) {
    this.#fd = checkedInteger('fd', fd, 0, INT_MAX);
  }

  /** The descriptor: the "socket number". After `close` what it was, for a log. */
  get fd(): number {
    return this.#fd;
  }

  /** socket(2): a new blocking TCP/IPv4 socket, closed on exec. */
  static open(): Socket {
    const type = native.SOCK_STREAM | native.SOCK_CLOEXEC;
    return new Socket(done('socket', system.socket(native.AF_INET, type, native.IPPROTO_TCP)));
  }

  /**
   * bind(2). Port 0 lets the system choose: ask `localAddress`.
   * @throws RangeError when the host is not an IPv4 address, or the port none; TypeError when they
   * are no string and no number.
   */
  bind(address: Address): void {
    const fd = this.#openFd('bind');
    done('bind', system.bind(fd, checkedAddress(address)));
  }

  /**
   * listen(2). @param backlog connections that may wait to be accepted; the system may lower it.
   * @throws RangeError when it is no integer of 0 to 2^31 - 1, TypeError when it is no number.
   */
  listen(backlog: number): void {
    const fd = this.#openFd('listen');
    done('listen', system.listen(fd, checkedInteger('backlog', backlog, 0, INT_MAX)));
  }

  /**
   * connect(2). A blocking socket waits for the answer; a non-blocking one can be written to
   * (`select`) when the answer is there, and `connectError` tells what it was.
   * @returns whether it is connected: false when it is not known yet.
   * @throws RangeError and TypeError as `bind` does.
   */
  connect(address: Address): boolean {
    const fd = this.#openFd('connect');
    const result = system.connect(fd, checkedAddress(address));
    if (result === -native.EINPROGRESS) return false;
    done('connect', result);
    return true;
  }

  /** The answer to a non-blocking `connect` (SO_ERROR, socket(7)); undefined: it is connected. */
  connectError(): SystemError | undefined {
    const fd = this.#openFd('getsockopt');
    const result = system.getsockopt(fd, native.SOL_SOCKET, native.SO_ERROR);
    const errno = done('getsockopt', result);
    return errno === 0 ? undefined : new SystemError('connect', errno);
  }

  /**
   * accept(2): the next client, or undefined when it would have to wait for one.
   * @throws SystemError also when the next client has gone again or there are no descriptors left:
   *   unless it `isProgrammingError`, wait a moment and try again.
   * @param nonBlocking whether the client's socket, not this one, shall be non-blocking.
   */
  accept(nonBlocking: boolean): Accepted | undefined {
    const listener = this.#openFd('accept');
    const sockaddr = new Uint8Array(native.SOCKADDR_IN_BYTES);
    const flags = native.SOCK_CLOEXEC | (nonBlocking ? native.SOCK_NONBLOCK : 0);
    for (;;) {
      const fd = system.accept(listener, sockaddr, flags);
      if (fd >= 0) {
        const socket = new Socket(fd);
        if (!native.SOCK_NONBLOCK) socket.#setNonBlockingOrClose(nonBlocking);
        return { socket, peer: native.decodeSockaddr(sockaddr) };
      }
      if (fd === -native.EINTR) continue;
      if (fd === -native.EAGAIN) return undefined;
      throw new SystemError('accept', -fd);
    }
  }

  /**
   * recv(2) into the beginning of a buffer, as much as is there and fits.
   * @returns bytes received, 0 at the end of the stream, or {@link WOULD_BLOCK}, which a blocking
   *   socket returns when its receiveTimeout is over.
   * @throws RangeError when the buffer has no room, TypeError when it is no Uint8Array, or detached.
   */
  recv(buffer: Uint8Array): number | typeof WOULD_BLOCK {
    const fd = this.#openFd('recv');
    const length = checkedBytes(buffer);
    // recv(2) into nothing returns 0, as if the stream had ended.
    if (length === 0) throw new RangeError('buffer: has no room for a byte');
    for (;;) {
      const received = system.recv(fd, buffer, length, 0);
      if (received >= 0) return received;
      if (received === -native.EAGAIN) return WOULD_BLOCK;
      if (received !== -native.EINTR) throw new SystemError('recv', -received);
    }
  }

  /** Whether the stream has ended, or failed, with nothing left to receive. Never waits. */
  isAtEnd(): boolean {
    const fd = this.#openFd('recv');
    const flags = native.MSG_PEEK | native.MSG_DONTWAIT;
    const received = system.recv(fd, new Uint8Array(1), 1, flags);
    if (received >= 0) return received === 0;
    return received !== -native.EAGAIN && received !== -native.EINTR;
  }

  /** Bytes sent that the peer's system has not acknowledged yet (TIOCOUTQ, tcp(7)). */
  unacknowledged(): number {
    const fd = this.#openFd('ioctl');
    return done('ioctl', system.ioctl(fd, native.TIOCOUTQ));
  }

  /**
   * send(2) of the first bytes of a buffer, without SIGPIPE: EPIPE is thrown like any other.
   * @param length in bytes; the whole buffer's, if not given.
   * @returns bytes taken, perhaps fewer than given, or {@link WOULD_BLOCK}. A blocking socket waits
   * until all are taken, unless a signal comes, or it was adopted with a time limit (SO_SNDTIMEO).
   * @throws RangeError when the length is no integer of 0 to the buffer's, TypeError when it is no
   * number, or the buffer no Uint8Array, or detached.
   */
  send(buffer: Uint8Array, length?: number): number | typeof WOULD_BLOCK {
    const fd = this.#openFd('send');
    const most = checkedBytes(buffer);
    const bytes = length === undefined ? most : checkedInteger('length', length, 0, most);
    for (;;) {
      const sent = system.send(fd, buffer, bytes, native.MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (sent === -native.EAGAIN) return WOULD_BLOCK;
      if (sent !== -native.EINTR) throw new SystemError('send', -sent);
    }
  }

  /**
   * shutdown(2): ends one direction or both. The descriptor stays open.
   * @returns whether there was a connection to shut down.
   * @throws RangeError for another word, TypeError for what is no string.
   */
  shutdown(direction: Direction): boolean {
    const fd = this.#openFd('shutdown');
    const result = system.shutdown(fd, checkedName('direction', SHUTDOWN, direction));
    if (result === -native.ENOTCONN) return false;
    done('shutdown', result);
    return true;
  }

  /**
   * close(2). It has closed, whatever it reports (EINTR, EIO): never again, the number may be
   * another's by now. But EBADF says that it was closed before, and is thrown.
   */
  close(): void {
    const fd = this.#openFd('close');
    this.#isOpen = false;
    if (system.close(fd) === -native.EBADF) throw new SystemError('close', native.EBADF);
  }

  /**
   * setsockopt(2). @param value 0 or 1 for a switch, a number for keepCount, else seconds.
   * @throws RangeError for an option of another name, or a value that is no integer of 32 bits, or
   * for receiveTimeout no number of 0 to 100,000,000; TypeError when they are no string and no number.
   */
  setOption(option: SocketOption, value: number): void {
    const fd = this.#openFd('setsockopt');
    const [level, name] = checkedName('option', OPTIONS, option);
    done('setsockopt', system.setsockopt(fd, level, name, encodeOption(option, value)));
  }

  /** fcntl(2): O_NONBLOCK on or off. */
  setNonBlocking(on: boolean): void {
    const fd = this.#openFd('fcntl');
    const flags = done('fcntl', system.fcntl(fd, native.F_GETFL, 0));
    const changed = on ? flags | native.O_NONBLOCK : flags & ~native.O_NONBLOCK;
    done('fcntl', system.fcntl(fd, native.F_SETFL, changed));
  }

  #setNonBlockingOrClose(on: boolean): void {
    try {
      this.setNonBlocking(on);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** getsockname(2): the address it is bound to, with the real port. */
  localAddress(): Address {
    const fd = this.#openFd('getsockname');
    const sockaddr = new Uint8Array(native.SOCKADDR_IN_BYTES);
    done('getsockname', system.getsockname(fd, sockaddr));
    return native.decodeSockaddr(sockaddr);
  }

  /** The one way to the descriptor for a call. */
  #openFd(call: string): number {
    if (this.#isOpen) return this.#fd;
    throw new SystemError(call, native.EBADF);
  }
}

/** The value of an option as setsockopt(2) takes it. */
function encodeOption(option: SocketOption, value: number): Int32Array {
  if (option === 'receiveTimeout') return native.encodeTimeval(1000 * checkedSeconds(value));
  const unit = option === 'userTimeout' ? native.USER_TIMEOUT_UNITS : 1;
  const [least, most] = [Math.ceil(INT_MIN / unit), Math.floor(INT_MAX / unit)];
  return new Int32Array([unit * checkedInteger('value', value, least, most)]);
}

function checkedSeconds(value: number): number {
  const isNumber = typeof value === 'number';
  if (isNumber && value >= 0 && value <= LONGEST_TIMEOUT_S) return value;
  throw notAnInteger('value', value, `seconds, 0 to ${LONGEST_TIMEOUT_S}`);
}

/** Throws a SystemError for a call that failed. */
function done(call: string, result: number): number {
  if (result >= 0) return result;
  throw new SystemError(call, -result);
}

/** A copy: what is checked is what C is given, whatever the caller's object returns the next time. */
function checkedAddress(address: Address): Address {
  if (typeof address !== 'object' || address === null) {
    throw wrongType('address', 'an object with host and port', address);
  }
  const { host, port } = address;
  if (typeof host !== 'string') throw wrongType('host', 'a string', host);
  if (typeof port !== 'number') throw wrongType('port', 'a number', port);
  if (isIPv4(host) && isPort(port)) return { host, port };
  throw new RangeError(`not an IPv4 address and port: ${formatAddress({ host, port })}`);
}
