/**
 * select(2), for descriptors of any number. The limit of 1,024 that C programs know belongs to
 * their headers' FD_SET, not to the system call: an FdSet grows as its descriptors do.
 */
import { notAnInteger, wrongType } from './checks.ts';
import { EINTR } from './constants.ts';
import { system } from './system-calls.ts';
import { SystemError } from './system-error.ts';

/**
 * What `select` returns when a signal came first (EINTR). It is less than any count of descriptors,
 * and both sets are empty, so a caller that does not check for it finds nothing ready.
 */
export const INTERRUPTED = -1;

/**
 * A process has at most 2^20 descriptors on Linux, unless fs.nr_open is raised, and fewer on macOS. A
 * bitmap of them takes 128 KiB. Without this limit a single wrong number could take 256 MiB.
 */
const MOST_DESCRIPTORS = 2 ** 20;

/** 100,000,000 seconds: macOS refuses a longer time (select(2): "too large"), Linux takes it. */
const LONGEST_TIMEOUT_MS = 1e11;

/** The bitmap of a set, with room for the descriptors below `nfds`. Only `select` uses it. */
let bitmap: (set: FdSet, nfds: number) => Uint32Array;

/** The set's own `nfds`: a subclass could override the getter. */
let nfdsOf: (set: FdSet) => number;

/** By the private field: any object can have the prototype, and instanceof is slower. */
let isSet: (set: FdSet) => boolean;

/**
 * A set of descriptors: the fd_set of select(2) with FD_SET, FD_CLR, FD_ISSET and FD_ZERO. A
 * descriptor is an integer from 0 to 1,048,575. The methods throw a RangeError for any other number,
 * and a TypeError for what is not a number.
 */
export class FdSet {
  /** The kernel reads the bitmap in words of 64 bits, so its length is even. */
  #words = new Uint32Array(2);
  /** No bit is set at this or above. */
  #nfds = 0;

  static {
    bitmap = (set, nfds) => {
      set.#reserve(nfds);
      return set.#words;
    };
    nfdsOf = set => set.#nfds;
    isSet = set => typeof set === 'object' && set !== null && #words in set;
  }

  constructor(fds: Iterable<number> = []) {
    for (const fd of fds) this.add(fd);
  }

  /** One more than the highest descriptor in the set, 0 when it is empty. `select` keeps it. */
  get nfds(): number {
    return this.#nfds;
  }

  /** FD_SET. */
  add(fd: number): void {
    checkDescriptor(fd);
    this.#reserve(fd + 1);
    (this.#words[fd >>> 5] as number) |= 1 << fd;
    if (fd >= this.#nfds) this.#nfds = fd + 1;
  }

  /** FD_CLR. */
  delete(fd: number): void {
    checkDescriptor(fd);
    if (fd >= this.#words.length * 32) return;
    (this.#words[fd >>> 5] as number) &= ~(1 << fd);
    if (fd === this.#nfds - 1) this.#findHighest();
  }

  /** FD_ISSET. */
  has(fd: number): boolean {
    checkDescriptor(fd);
    return fd < this.#words.length * 32 && ((this.#words[fd >>> 5] as number) & (1 << fd)) !== 0;
  }

  /** FD_ZERO. */
  clear(): void {
    this.#words.fill(0, 0, (this.#nfds + 31) >>> 5);
    this.#nfds = 0;
  }

  /** Becomes a copy of another set: select changes the sets it is given. */
  copyFrom(other: FdSet): void {
    checkSet('other', other);
    this.#reserve(other.#nfds);
    const end = (other.#nfds + 31) >>> 5;
    const oldEnd = (this.#nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) this.#words[index] = other.#words[index] as number;
    for (let index = end; index < oldEnd; index++) this.#words[index] = 0;
    this.#nfds = other.#nfds;
  }

  /** Adds the descriptors of another set. */
  addAll(other: FdSet): void {
    checkSet('other', other);
    this.#reserve(other.#nfds);
    const end = (other.#nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      (this.#words[index] as number) |= other.#words[index] as number;
    }
    if (other.#nfds > this.#nfds) this.#nfds = other.#nfds;
  }

  /** Removes the descriptors that another set does not have. */
  retainAll(other: FdSet): void {
    checkSet('other', other);
    const end = (this.#nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      (this.#words[index] as number) &= other.#words[index] ?? 0;
    }
    this.#findHighest();
  }

  /** Calls `visit` for each descriptor in the set, lowest first. */
  forEach(visit: (fd: number) => void): void {
    const end = (this.#nfds + 31) >>> 5;
    for (let index = 0; index < end; index++) {
      for (let word = this.#words[index] as number; word !== 0; word &= word - 1) {
        visit(index * 32 + 31 - Math.clz32(word & -word));
      }
    }
  }

  /** Makes room for the descriptors below `nfds`. */
  #reserve(nfds: number): void {
    if (nfds <= this.#words.length * 32) return;
    const words = new Uint32Array(Math.max(2 * this.#words.length, ((nfds + 63) >>> 6) * 2));
    words.set(this.#words);
    this.#words = words;
  }

  #findHighest(): void {
    let index = ((this.#nfds + 31) >>> 5) - 1;
    while (index >= 0 && this.#words[index] === 0) index--;
    this.#nfds = index < 0 ? 0 : index * 32 + 32 - Math.clz32(this.#words[index] as number);
  }
}

function checkDescriptor(fd: number): void {
  if (Number.isInteger(fd) && fd >= 0 && fd < MOST_DESCRIPTORS) return;
  throw notAnInteger('fd', fd, `a descriptor of 0 to ${MOST_DESCRIPTORS - 1}`);
}

function checkSet(name: string, set: FdSet): void {
  if (!isSet(set)) throw wrongType(name, 'an FdSet', set);
}

/** @returns the timeout; 0 for one below 0, which is a deadline that has passed. */
function checkedTimeout(timeout: number): number {
  const isNumber = typeof timeout === 'number';
  if (isNumber && timeout <= LONGEST_TIMEOUT_MS) return Math.max(timeout, 0);
  if (timeout === Number.POSITIVE_INFINITY) return timeout;
  const expected = `milliseconds, at most ${LONGEST_TIMEOUT_MS} or Infinity`;
  throw notAnInteger('timeout', timeout, expected);
}

/**
 * select(2): waits until a descriptor of `read` is readable or one of `write` is writable, and leaves
 * only the ready ones in the sets. Check only descriptors that are open: beyond the process's highest
 * descriptor the kernel may leave bits as they were.
 * @param timeout in milliseconds, at most 100,000,000 seconds; 0 or less does not wait; Infinity, the
 *   default, waits for ever.
 * @returns how many descriptors are ready, 0 when the time ran out, or {@link INTERRUPTED}.
 * @throws SystemError with EBADF when a descriptor is closed; both sets are empty then.
 * @throws RangeError for a timeout that is longer, or NaN; TypeError for other values.
 */
export function select(read: FdSet, write: FdSet, timeout = Number.POSITIVE_INFINITY): number {
  checkSet('read', read);
  checkSet('write', write);
  const milliseconds = checkedTimeout(timeout);
  const nfds = Math.max(nfdsOf(read), nfdsOf(write));
  const ready = system.select(
    nfds,
    nfdsOf(read) > 0 ? bitmap(read, nfds) : null,
    nfdsOf(write) > 0 ? bitmap(write, nfds) : null,
    milliseconds,
  );
  if (ready >= 0) return ready;
  read.clear();
  write.clear();
  if (ready === -EINTR) return INTERRUPTED;
  throw new SystemError('select', -ready);
}
