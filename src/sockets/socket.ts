/**
 * A TCP/IPv4 socket of the operating system: the BSD calls under their own names. A call that was
 * interrupted (EINTR) is made again. A call that would block returns a value for that. Every other
 * failure throws a SystemError. Arguments are checked before C sees them (checks.ts).
 */
import { type Address, checkedAddress } from './address.ts';
import { checkedBytes, checkedInteger, checkedName, INT_MAX } from './checks.ts';
import * as constant from './constants.ts';
import { encodeOption, type SocketOption } from './socket-options.ts';
import { decodeSockaddr, SOCKADDR_IN_BYTES } from './structs.ts';
import { system } from './system-calls.ts';
import { SystemError } from './system-error.ts';

/**
 * What `recv` and `send` return when they would have to wait. It is not a number, so it cannot be
 * mistaken for a length: to compute with it is a type error, and a TypeError when the code runs.
 */
export const WOULD_BLOCK: unique symbol = Symbol('WOULD_BLOCK');

/** What to shut down: receiving, sending, or both. */
export type Direction = 'read' | 'write' | 'both';

const SHUTDOWN: Record<Direction, number> = {
  read: constant.SHUT_RD,
  write: constant.SHUT_WR,
  both: constant.SHUT_RDWR,
};

/** A connection that accept(2) has returned, and the address of its client. */
export interface Accepted {
  readonly socket: Socket;
  readonly peer: Address;
}

/**
 * A descriptor and the calls on it. Only `close` closes it; afterwards every method throws EBADF
 * without a call, because the number may belong to another file by then. Every method throws a
 * {@link SystemError} when its call fails. Two Sockets may share a descriptor, for example in two
 * threads: neither knows what the other does, so close only after the last use.
 */
export class Socket {
  readonly #fd: number;
  #isOpen = true;

  /**
   * Adopts an open descriptor.
   * @throws RangeError unless it is an integer from 0 to 2^31 - 1, TypeError if it is not a number.
   */
  constructor(fd: number) {
    this.#fd = checkedInteger('fd', fd, 0, INT_MAX);
  }

  /** The descriptor (the "socket number"). It stays after `close`, for a log. */
  get fd(): number {
    return this.#fd;
  }

  /** socket(2): a new blocking TCP/IPv4 socket, closed on exec. */
  static open(): Socket {
    const type = constant.SOCK_STREAM | constant.SOCK_CLOEXEC;
    const fd = system.socket(constant.AF_INET, type, constant.IPPROTO_TCP);
    return new Socket(checked('socket', fd));
  }

  /**
   * bind(2). With port 0 the system chooses one: see `localAddress`.
   * @throws RangeError if it is not an IPv4 address and port, TypeError for values of another type.
   */
  bind(address: Address): void {
    const fd = this.#openFd('bind');
    checked('bind', system.bind(fd, checkedAddress(address)));
  }

  /**
   * listen(2). @param backlog connections that may wait to be accepted; the system may lower it.
   * @throws RangeError unless it is an integer from 0 to 2^31 - 1, TypeError if it is not a number.
   */
  listen(backlog: number): void {
    const fd = this.#openFd('listen');
    checked('listen', system.listen(fd, checkedInteger('backlog', backlog, 0, INT_MAX)));
  }

  /**
   * connect(2). A blocking socket waits for the answer. A non-blocking one becomes writable
   * (`select`) when there is an answer, and `connectError` returns it.
   * @returns whether it is connected; false when that is not known yet.
   * @throws RangeError and TypeError as `bind` does.
   */
  connect(address: Address): boolean {
    const fd = this.#openFd('connect');
    const result = system.connect(fd, checkedAddress(address));
    if (result === -constant.EINPROGRESS) return false;
    checked('connect', result);
    return true;
  }

  /** The answer to a non-blocking `connect` (SO_ERROR, socket(7)); undefined when it is connected. */
  connectError(): SystemError | undefined {
    const fd = this.#openFd('getsockopt');
    const result = system.getsockopt(fd, constant.SOL_SOCKET, constant.SO_ERROR);
    const errno = checked('getsockopt', result);
    return errno === 0 ? undefined : new SystemError('connect', errno);
  }

  /**
   * accept(2): the next client; undefined when it would have to wait for one.
   * @param nonBlocking whether the client's socket, not this one, becomes non-blocking.
   * @throws SystemError also when the client has left already or no descriptor is free: unless it
   *   `isProgrammingError`, wait a moment and try again.
   */
  accept(nonBlocking: boolean): Accepted | undefined {
    const listener = this.#openFd('accept');
    const sockaddr = new Uint8Array(SOCKADDR_IN_BYTES);
    const flags = constant.SOCK_CLOEXEC | (nonBlocking ? constant.SOCK_NONBLOCK : 0);
    for (;;) {
      const fd = system.accept(listener, sockaddr, flags);
      if (fd >= 0) {
        const socket = new Socket(fd);
        if (!constant.SOCK_NONBLOCK) socket.#setNonBlockingOrClose(nonBlocking);
        return { socket, peer: decodeSockaddr(sockaddr) };
      }
      if (fd === -constant.EAGAIN) return undefined;
      if (fd !== -constant.EINTR) throw new SystemError('accept', -fd);
    }
  }

  /**
   * recv(2) into the beginning of a buffer.
   * @returns bytes received, 0 at the end of the stream, or {@link WOULD_BLOCK}; a blocking socket
   *   returns that when its receiveTimeout has passed.
   * @throws RangeError if the buffer is empty, TypeError if it is not a Uint8Array or is detached.
   */
  recv(buffer: Uint8Array): number | typeof WOULD_BLOCK {
    const fd = this.#openFd('recv');
    const length = checkedBytes(buffer);
    // recv(2) into nothing returns 0, as if the stream had ended.
    if (length === 0) throw new RangeError('buffer: has no room for a byte');
    for (;;) {
      const received = system.recv(fd, buffer, length, 0);
      if (received >= 0) return received;
      if (received === -constant.EAGAIN) return WOULD_BLOCK;
      if (received !== -constant.EINTR) throw new SystemError('recv', -received);
    }
  }

  /**
   * Whether the peer has closed, or the stream has failed, with nothing left to receive. Never waits.
   */
  peerHasClosed(): boolean {
    const fd = this.#openFd('recv');
    const flags = constant.MSG_PEEK | constant.MSG_DONTWAIT;
    const received = system.recv(fd, new Uint8Array(1), 1, flags);
    if (received >= 0) return received === 0;
    return received !== -constant.EAGAIN && received !== -constant.EINTR;
  }

  /** Bytes sent that the peer's system has not acknowledged yet (TIOCOUTQ, tcp(7)). */
  unacknowledged(): number {
    const fd = this.#openFd('ioctl');
    return checked('ioctl', system.ioctl(fd, constant.TIOCOUTQ));
  }

  /**
   * send(2) of the first bytes of a buffer, without SIGPIPE: EPIPE is thrown like any error.
   * @param length in bytes; without it the whole buffer.
   * @returns bytes taken, which may be fewer than given, or {@link WOULD_BLOCK}. A blocking socket
   *   waits until all are taken, unless a signal comes or it has a time limit (SO_SNDTIMEO).
   * @throws RangeError unless the length is an integer from 0 to the buffer's length, TypeError for
   *   a value of another type or a detached buffer.
   */
  send(buffer: Uint8Array, length?: number): number | typeof WOULD_BLOCK {
    const fd = this.#openFd('send');
    const most = checkedBytes(buffer);
    const bytes = length === undefined ? most : checkedInteger('length', length, 0, most);
    for (;;) {
      const sent = system.send(fd, buffer, bytes, constant.MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (sent === -constant.EAGAIN) return WOULD_BLOCK;
      if (sent !== -constant.EINTR) throw new SystemError('send', -sent);
    }
  }

  /**
   * shutdown(2): ends one direction or both; the descriptor stays open.
   * @returns whether there was a connection.
   * @throws RangeError for any other string, TypeError if it is not a string.
   */
  shutdown(direction: Direction): boolean {
    const fd = this.#openFd('shutdown');
    const result = system.shutdown(fd, checkedName('direction', SHUTDOWN, direction));
    if (result === -constant.ENOTCONN) return false;
    checked('shutdown', result);
    return true;
  }

  /**
   * close(2). The descriptor is closed even if the call reports EINTR or EIO, so it is never tried
   * again. EBADF, which means that it was closed before, is thrown.
   */
  close(): void {
    const fd = this.#openFd('close');
    this.#isOpen = false;
    if (system.close(fd) === -constant.EBADF) throw new SystemError('close', constant.EBADF);
  }

  /**
   * setsockopt(2). @param value 0 or 1 to switch off or on; a number of probes for keepCount;
   *   seconds for the other options.
   * @throws RangeError for an unknown option, or unless the value is an integer of 32 bits
   *   (receiveTimeout: a number from 0 to 100,000,000), TypeError for values of another type.
   */
  setOption(option: SocketOption, value: number): void {
    const fd = this.#openFd('setsockopt');
    const { level, name, value: bytes } = encodeOption(option, value);
    checked('setsockopt', system.setsockopt(fd, level, name, bytes));
  }

  /** fcntl(2): O_NONBLOCK on or off. */
  setNonBlocking(on: boolean): void {
    const fd = this.#openFd('fcntl');
    const flags = checked('fcntl', system.fcntl(fd, constant.F_GETFL, 0));
    const changed = on ? flags | constant.O_NONBLOCK : flags & ~constant.O_NONBLOCK;
    checked('fcntl', system.fcntl(fd, constant.F_SETFL, changed));
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
    const sockaddr = new Uint8Array(SOCKADDR_IN_BYTES);
    checked('getsockname', system.getsockname(fd, sockaddr));
    return decodeSockaddr(sockaddr);
  }

  /** Every method gets the descriptor from here, so that none uses it after `close`. */
  #openFd(call: string): number {
    if (this.#isOpen) return this.#fd;
    throw new SystemError(call, constant.EBADF);
  }
}

/** The result of a call; a SystemError if it failed. */
function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw new SystemError(call, -result);
}
