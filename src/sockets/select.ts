/**
 * select(2), for descriptors of any number. The limit of 1,024 that C programs know belongs to
 * their headers' FD_SET, not to the system call: an FdSet grows as its descriptors do.
 */
import * as native from './native.ts';
import { SystemError } from './system-error.ts';

/** What `select` returns when a signal came first (EINTR); the sets are then undefined. */
export const INTERRUPTED = -1;

/** A set of descriptors: the fd_set of select(2) with FD_SET, FD_CLR, FD_ISSET and FD_ZERO. */
export class FdSet {
  /**
   * The bitmap; the kernel reads it in words of 64 bits, so its length is even.
   * @internal
   */
  words = new Uint32Array(2);
  /** One more than the highest descriptor that may be in the set. */
  nfds = 0;

  constructor(fds: Iterable<number> = []) {
    for (const fd of fds) this.add(fd);
  }

  /** FD_SET. */
  add(fd: number): void {
    this.reserve(fd + 1);
    (this.words[fd >>> 5] as number) |= 1 << fd;
    if (fd >= this.nfds) this.nfds = fd + 1;
  }

  /** FD_CLR. */
  delete(fd: number): void {
    if (fd >= this.words.length * 32) return;
    (this.words[fd >>> 5] as number) &= ~(1 << fd);
    if (fd === this.nfds - 1) this.#findHighest();
  }

  /** FD_ISSET. */
  has(fd: number): boolean {
    return fd < this.words.length * 32 && ((this.words[fd >>> 5] as number) & (1 << fd)) !== 0;
  }

  /** FD_ZERO. */
  clear(): void {
    this.words.fill(0, 0, (this.nfds + 31) >>> 5);
    this.nfds = 0;
  }

  /** Becomes a copy of another set: select changes the sets it is given. */
  copyFrom(other: FdSet): void {
    this.reserve(other.nfds);
    const end = (other.nfds + 31) >>> 5;
    const oldEnd = (this.nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) this.words[index] = other.words[index] as number;
    for (let index = end; index < oldEnd; index++) this.words[index] = 0;
    this.nfds = other.nfds;
  }

  /** Takes in what another set has. */
  addAll(other: FdSet): void {
    this.reserve(other.nfds);
    const end = (other.nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      (this.words[index] as number) |= other.words[index] as number;
    }
    if (other.nfds > this.nfds) this.nfds = other.nfds;
  }

  /** Keeps what another set has as well. */
  retainAll(other: FdSet): void {
    const end = (this.nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      (this.words[index] as number) &= other.words[index] ?? 0;
    }
    this.#findHighest();
  }

  /** Calls `visit` for each descriptor in the set, lowest first. */
  forEach(visit: (fd: number) => void): void {
    const end = (this.nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      for (let word = this.words[index] as number; word !== 0; word &= word - 1) {
        visit(index * 32 + 31 - Math.clz32(word & -word));
      }
    }
  }

  /**
   * Makes room for the descriptors below `nfds`.
   * @internal
   */
  reserve(nfds: number): void {
    if (nfds <= this.words.length * 32) return;
    const words = new Uint32Array(Math.max(2 * this.words.length, ((nfds + 63) >>> 6) * 2));
    words.set(this.words);
    this.words = words;
  }

  #findHighest(): void {
    if (this.nfds === 0) return;
    let index = (this.nfds - 1) >>> 5;
    while (index >= 0 && this.words[index] === 0) index--;
    this.nfds = index < 0 ? 0 : index * 32 + 32 - Math.clz32(this.words[index] as number);
  }
}

/**
 * select(2): waits until a descriptor of `read` can be read or one of `write` be written, and
 * leaves just those in the sets. Look only at descriptors you own: the kernel may leave stray bits
 * beyond the process's descriptors as they were.
 * @param timeout in milliseconds; 0 only looks, Infinity, which is usual, waits for ever.
 * @returns how many descriptors are ready, 0 when the time ran out, or {@link INTERRUPTED}.
 * @throws SystemError with EBADF when a descriptor is closed; the sets are then undefined.
 */
export function select(read: FdSet, write: FdSet, timeout = Number.POSITIVE_INFINITY): number {
  const nfds = Math.max(read.nfds, write.nfds);
  read.reserve(nfds);
  write.reserve(nfds);
  const ready = native.select(
    nfds,
    read.nfds > 0 ? read.words : null,
    write.nfds > 0 ? write.words : null,
    null,
    timeout === Number.POSITIVE_INFINITY ? null : native.encodeTimeval(Math.max(timeout, 0)),
  );
  if (ready >= 0) return ready;
  const errno = native.errno();
  if (errno === native.EINTR) return INTERRUPTED;
  throw new SystemError('select', errno);
}
