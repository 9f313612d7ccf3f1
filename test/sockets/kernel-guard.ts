/**
 * Stands between calcd's sockets and the kernel, and looks at every value on its way to C: a test
 * with it fails at the first number that is not in its range, whether or not memory was harmed. It
 * lets no call wait, nor reach a descriptor that is not the test's, nor leave this machine.
 */
import assert from 'node:assert/strict';
import { isIPv4, isPort } from '../../src/sockets/address.ts';
import * as constant from '../../src/sockets/constants.ts';
import { SOCKADDR_IN_BYTES } from '../../src/sockets/structs.ts';
import { interpose, nativeCalls, type SystemCalls } from '../../src/sockets/system-calls.ts';

const MOST_DESCRIPTORS = 2 ** 20;

/** What reaches C wrongly. It is not one of the errors that a caller's mistake may cause. */
export class ContractBroken extends Error {}

function holds(isSo: boolean, what: string): void {
  if (!isSo) throw new ContractBroken(what);
}

const isInt = (value: unknown, least = -(2 ** 31)): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) < 2 ** 31;

export class KernelGuard {
  /** Descriptors that may be used. Calls on others get EBADF, for they may be Node's own. */
  readonly own = new Set<number>();
  /** What the kernel has taken from each of them. */
  readonly sent = new Map<number, Buffer[]>();
  readonly #end: () => void;

  constructor() {
    this.#end = interpose(calls => this.#guarded(calls));
  }

  /** Puts the calls back, and closes what is left open. */
  end(): void {
    this.#end();
    for (const fd of this.own) assert.equal(nativeCalls.close(fd), 0);
  }

  #guarded(calls: SystemCalls): Partial<SystemCalls> {
    const onOwn = (fd: number, call: () => number): number => {
      holds(isInt(fd, 0), `fd ${fd}`);
      return this.own.has(fd) ? call() : -constant.EBADF;
    };
    const opened = (fd: number): number => {
      if (fd >= 0) {
        this.own.add(fd);
        this.sent.set(fd, []);
      }
      return fd;
    };
    const checkBytes = (bytes: Uint8Array, length: number): void => {
      holds(bytes instanceof Uint8Array, 'bytes');
      const size = (bytes as Uint8Array).byteLength;
      holds(isInt(length, 0) && length <= size, `length ${length} of ${size}`);
    };
    return {
      socket: (...numbers) => {
        for (const number of numbers) holds(isInt(number, 0), `socket of ${number}`);
        const fd = opened(calls.socket(...numbers));
        if (fd >= 0) calls.fcntl(fd, constant.F_SETFL, constant.O_NONBLOCK);
        return fd;
      },
      bind: (fd, address) =>
        onOwn(fd, () => {
          holds(isIPv4(address.host) && isPort(address.port), 'address');
          return isLoopback(address.host) ? calls.bind(fd, address) : -constant.EAGAIN;
        }),
      connect: (fd, address) =>
        onOwn(fd, () => {
          holds(isIPv4(address.host) && isPort(address.port), 'address');
          return isLoopback(address.host) ? calls.connect(fd, address) : -constant.EAGAIN;
        }),
      listen: (fd, backlog) =>
        onOwn(fd, () => {
          holds(isInt(backlog, 0), `backlog ${backlog}`);
          return calls.listen(fd, backlog);
        }),
      accept: (fd, sockaddr, flags) =>
        onOwn(fd, () => {
          holds(sockaddr.length === SOCKADDR_IN_BYTES && isInt(flags, 0), 'accept');
          return opened(calls.accept(fd, sockaddr, flags | constant.SOCK_NONBLOCK));
        }),
      recv: (fd, buffer, length, flags) =>
        onOwn(fd, () => {
          checkBytes(buffer, length);
          holds(length > 0, 'recv into nothing');
          return calls.recv(fd, buffer, length, flags);
        }),
      send: (fd, bytes, length, flags) =>
        onOwn(fd, () => {
          checkBytes(bytes, length);
          const taken = calls.send(fd, bytes, length, flags);
          if (taken > 0) this.sent.get(fd)?.push(Buffer.from(bytes.subarray(0, taken)));
          return taken;
        }),
      shutdown: (fd, how) =>
        onOwn(fd, () => {
          holds([0, 1, 2].includes(how), `shutdown ${how}`);
          return calls.shutdown(fd, how);
        }),
      close: fd =>
        onOwn(fd, () => {
          this.own.delete(fd);
          return calls.close(fd);
        }),
      select: (nfds, read, write, timeout) => {
        holds(isInt(nfds, 0) && nfds <= MOST_DESCRIPTORS, `nfds ${nfds}`);
        for (const words of [read, write]) if (words) checkBitmap(words, nfds);
        holds(timeout >= 0 && (timeout <= 1e11 || timeout === Infinity), `timeout ${timeout}`);
        return calls.select(nfds, read, write, 0);
      },
      setsockopt: (fd, level, option, value) =>
        onOwn(fd, () => {
          holds(isInt(level) && isInt(option) && value.length === 1, 'setsockopt');
          return calls.setsockopt(fd, level, option, value);
        }),
      getsockopt: (fd, level, option) =>
        onOwn(fd, () => {
          holds(isInt(level) && isInt(option), 'getsockopt');
          return calls.getsockopt(fd, level, option);
        }),
      getsockname: (fd, sockaddr) =>
        onOwn(fd, () => {
          holds(sockaddr.length === SOCKADDR_IN_BYTES, 'getsockname');
          return calls.getsockname(fd, sockaddr);
        }),
      fcntl: (fd, command, value) =>
        onOwn(fd, () => {
          holds(isInt(command, 0) && isInt(value, 0), 'fcntl');
          const isFlags = command === constant.F_SETFL;
          return calls.fcntl(fd, command, isFlags ? value | constant.O_NONBLOCK : value);
        }),
      ioctl: (fd, request) =>
        onOwn(fd, () => {
          holds(request === constant.TIOCOUTQ, 'ioctl');
          return calls.ioctl(fd, request);
        }),
    };
  }
}

const isLoopback = (host: string): boolean => host.startsWith('127.');

/** Even, long enough, and no bit at or above nfds. */
export function checkBitmap(words: Uint32Array, nfds: number): void {
  holds(words.length % 2 === 0, `a bitmap of ${words.length} words`);
  holds(words.length * 32 >= nfds, `${words.length} words for ${nfds} descriptors`);
  for (let index = nfds >>> 5; index < words.length; index++) {
    const word = words[index] as number;
    const isFirst = index === nfds >>> 5;
    holds((isFirst ? word >>> (nfds & 31) : word) === 0, `a bit of word ${index} for ${nfds}`);
  }
}
