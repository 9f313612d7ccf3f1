/**
 * A simulated operating system for one process, on virtual time: descriptors, sockets, select(2), a
 * log, standard input and signals. It stands in for every system call of calcd (system-calls.ts), so
 * that the servers' own code runs against it, unchanged. Time passes only here: a little with each
 * call, and in select as far as the next event.
 *
 * By chance, as far as the seed allows, a call is interrupted, comes short, would block, or fails
 * with an error that its manual page names. What only a wrong program does (a descriptor that is not
 * open, a set with strange bits, a call that would block the loop) fails the run at once.
 */
import type { Address } from '../../src/sockets/address.ts';
import { MSG_PEEK, SHUT_RD, SHUT_RDWR } from '../../src/sockets/constants.ts';
import { encodeSockaddr } from '../../src/sockets/structs.ts';
import type { SystemCalls } from '../../src/sockets/system-calls.ts';
import type { Random } from '../support/random.ts';
import type { Connection } from './connection.ts';
import * as errors from './errors.ts';
import { EventQueue } from './event-queue.ts';
import { History } from './history.ts';
import type { LogPipe } from './log-pipe.ts';

/** A run that goes wrong: what should never be. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface KernelOptions {
  /** The lowest number that a new descriptor may get. */
  readonly firstDescriptor: number;
  /** Open at a time before EMFILE. */
  readonly mostDescriptors: number;
  /** Milliseconds that a call takes. */
  readonly callMs: number;
  /** Of a thousand calls, how many go wrong without harm (short, interrupted, would block). */
  readonly faults: number;
  /** Of a thousand calls, how many fail. */
  readonly failures: number;
  /** Of a thousand calls, before how many the machine stands still for a while. */
  readonly stalls: number;
  /** Whether listening itself may fail. */
  readonly failsToStart: boolean;
}

interface Listener {
  readonly kind: 'listener';
  readonly options: Map<string, number>;
  readonly queue: { connection: Connection; peer: Address }[];
  backlog: number;
}

type File =
  | Listener
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'log'; readonly nonBlocking: boolean }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'node' };

const STDIN = 0;
const STDOUT = 1;
const NODE_LOOP = 4;
const STALL_MS = 400;
const LONGEST_MS = 3_600_000;
const SETTLING_MS = 1000;
/** Looks one after the other that come to nothing: a loop that spins. */
const IDLE_LOOKS = 3000;

export class Kernel {
  readonly history = new History();
  readonly log: LogPipe;
  now = 0;
  /** Milliseconds that the machine stood still: not the server's fault. */
  stalled = 0;
  /** Whatever happens at the end of a tick: invariants. */
  onTick: () => void = () => {};
  /** The server closed a connection. */
  onClose: (connection: Connection) => void = () => {};
  /** The first bytes that the server sends on a connection. */
  onFirstSend: (connection: Connection, bytes: string) => void = () => {};
  /** The server took a connection from its queue. */
  onAccept: (connection: Connection) => void = () => {};
  /** Calls that failed: the server may pause after one. */
  failures = 0;
  /** Looks of the server's loop so far. */
  ticks = 0;
  stdinHasEnded = false;
  readonly #random: Random;
  readonly #options: KernelOptions;
  readonly #events = new EventQueue();
  readonly #files: (File | undefined)[] = [];
  #open = 0;
  #lowestFree: number;
  #listener: Listener | undefined;
  readonly #signals: NodeJS.Signals[] = [];
  /** The signal handler of libuv may run in this thread and interrupt its call. */
  #interrupts = false;
  #progress = 0;
  #idleLooks = 0;
  #lastProgress = 0;

  constructor(random: Random, options: KernelOptions, log: LogPipe) {
    this.#random = random;
    this.#options = options;
    this.log = log;
    this.#lowestFree = options.firstDescriptor;
    this.#files[STDIN] = { kind: 'stdin' };
    this.#files[STDOUT] = { kind: 'log', nonBlocking: false };
    this.#files[NODE_LOOP] = { kind: 'node' };
  }

  get openDescriptors(): number {
    return this.#open;
  }

  /** What the server has open, for the report of a leak. */
  describeOpen(): string {
    return this.#files
      .flatMap((file, fd) => (file && fd > NODE_LOOP ? [`${fd}: ${file.kind}`] : []))
      .join(', ');
  }

  get listens(): boolean {
    return this.#listener !== undefined;
  }

  /** SO_OOBINLINE and TCP_USER_TIMEOUT, as accepted sockets inherit them. */
  option(name: string): number {
    return this.#listener?.options.get(name) ?? 0;
  }

  after(milliseconds: number, action: () => void): void {
    this.#events.add(this.now + milliseconds, action);
  }

  /** The server has ended; what it sent is still on its way. */
  settles(): void {
    this.#passes(SETTLING_MS);
  }

  signal(name: NodeJS.Signals): void {
    this.history.add(this.now, `${name} arrives`);
    this.#progressed();
    this.#signals.push(name);
    this.#interrupts = this.#random.below(2) === 0;
  }

  /** A client's connect(2) reaches the system. @returns false when the queue is full. */
  enqueue(connection: Connection, peer: Address): 'queued' | 'full' | 'refused' {
    if (!this.#listener) return 'refused';
    if (this.#listener.queue.length > this.#listener.backlog) return 'full';
    this.#listener.queue.push({ connection, peer });
    this.#progressed();
    return 'queued';
  }

  /** What the servers call instead of the operating system. */
  readonly calls: SystemCalls = {
    socket: () => this.#starting('socket') || this.#socket(),
    bind: fd => this.#starting('bind') || this.#named('bind', fd, 'listener', () => 0),
    listen: (fd, backlog) =>
      this.#starting('listen') ||
      this.#named('listen', fd, 'listener', listener => this.#listens(listener, backlog)),
    setsockopt: (fd, level, option, value) =>
      this.#starting('setsockopt') || this.#setsockopt(fd, level, option, value),
    getsockname: (fd, sockaddr) =>
      this.#starting('getsockname') ||
      this.#named('getsockname', fd, 'listener', () => {
        sockaddr.set(encodeSockaddr({ host: '127.0.0.1', port: 5000 }));
        return 0;
      }),
    getsockopt: () => unexpected('getsockopt'),
    connect: () => unexpected('connect'),
    _exit: () => unexpected('_exit'),
    ignoreSignal: () => 0,
    fcntl: fd => this.#of('fcntl', fd, () => 0),
    accept: (fd, sockaddr) => this.#accept(fd, sockaddr),
    recv: (fd, buffer, length, flags) => this.#recv(fd, buffer, length, flags),
    send: (fd, bytes, length) => this.#send(fd, bytes, length),
    shutdown: (fd, how) => this.#shutdown(fd, how),
    close: fd => this.#close(fd),
    select: (nfds, read, write, timeout) => this.#select(nfds, read, write, timeout),
    ioctl: fd =>
      this.#named('ioctl', fd, 'connection', ({ connection }) => connection.unacknowledged),
    read: (fd, buffer) => this.#read(fd, buffer),
    write: (fd, bytes, length) => this.#write(fd, bytes, length),
    open: () => this.#reopenLog(),
    fileType: fd => (fd === STDOUT ? this.log.type : 'other'),
    isatty: () => false,
    softLimit: () => this.#options.mostDescriptors + 1000,
    now: () => {
      this.#passes(this.#options.callMs / 10);
      return this.now;
    },
    sleep: ms => this.#passes(ms),
    nodeLoopDescriptor: () => NODE_LOOP,
    nodeTick: () => this.#nodeTick(),
  };

  // Time and chance.

  #passes(milliseconds: number): void {
    const until = this.now + milliseconds;
    while (this.#events.nextTime <= until) {
      const { time, action } = this.#events.take();
      this.now = Math.max(this.now, time);
      action();
    }
    this.now = until;
    if (until > LONGEST_MS) throw new Violation('the run does not come to its end');
  }

  #enters(call: string, fd: number): void {
    if (this.#chance(this.#options.stalls)) {
      const stall = this.#random.below(STALL_MS);
      this.history.add(this.now, `the machine stands still for ${stall} ms`);
      this.#passes(stall);
      // Counted as a whole for whatever began while it lasted.
      this.stalled += stall;
    }
    this.#passes(this.#options.callMs);
    if (!this.#files[fd]) throw new Violation(`${call}(${fd}): the descriptor is not open`);
  }

  #chance(ofThousand: number): boolean {
    return ofThousand > 0 && this.#random.below(1000) < ofThousand;
  }

  #mishap(): boolean {
    return this.#chance(this.#options.faults);
  }

  #failure(call: string, fd: number, choices: readonly number[]): number {
    if (!this.#chance(this.#options.failures)) return 0;
    const errno = this.#random.pick(choices);
    this.history.add(this.now, call, fd, `fails: errno ${errno}`);
    this.failures++;
    this.#progressed();
    return -errno;
  }

  #starting(call: keyof typeof errors.START_FAILS): number {
    if (!this.#options.failsToStart || this.#random.below(6) > 0) return 0;
    return -this.#random.pick(errors.START_FAILS[call]);
  }

  #progressed(): void {
    this.#progress++;
  }

  // Descriptors.

  #allocate(file: File): number {
    let fd = this.#lowestFree;
    while (this.#files[fd]) fd++;
    this.#files[fd] = file;
    this.#lowestFree = fd + 1;
    this.#open++;
    return fd;
  }

  #of(call: string, fd: number, work: (file: File) => number): number {
    this.#enters(call, fd);
    const result = work(this.#files[fd] as File);
    this.history.add(this.now, call, fd, result);
    return result;
  }

  #named<K extends File['kind']>(
    call: string,
    fd: number,
    kind: K,
    work: (file: Extract<File, { kind: K }>) => number,
  ): number {
    return this.#of(call, fd, file => {
      if (file.kind !== kind) throw new Violation(`${call}(${fd}) on the ${file.kind}`);
      return work(file as Extract<File, { kind: K }>);
    });
  }

  #socket(): number {
    return this.#allocate({ kind: 'listener', options: new Map(), queue: [], backlog: 0 });
  }

  #listens(listener: Listener, backlog: number): number {
    listener.backlog = backlog;
    this.#listener = listener;
    return 0;
  }

  #setsockopt(fd: number, level: number, option: number, value: Int32Array): number {
    return this.#of('setsockopt', fd, file => {
      if (file.kind === 'listener') file.options.set(`${level}:${option}`, value[0] as number);
      return 0;
    });
  }

  #close(fd: number): number {
    return this.#of('close', fd, file => {
      this.#files[fd] = undefined;
      this.#open--;
      this.#progressed();
      if (fd < this.#lowestFree && fd >= this.#options.firstDescriptor) this.#lowestFree = fd;
      if (file.kind === 'listener') {
        if (this.#listener === file) this.#listener = undefined;
        for (const { connection } of file.queue) {
          connection.lossReason ??= 'the server stopped listening';
          connection.clientResetByServer();
        }
      } else if (file.kind === 'connection') {
        file.connection.close();
        this.onClose(file.connection);
      }
      return this.#failure('close', fd, errors.CLOSE_FAILS);
    });
  }

  // Connections.

  #accept(fd: number, sockaddr: Uint8Array): number {
    return this.#named('accept', fd, 'listener', ({ queue }) => {
      if (this.#mishap()) return -this.#random.pick([errors.EINTR, errors.EAGAIN]);
      const [next] = queue;
      if (!next) return -errors.EAGAIN;
      const cannot = this.#failure('accept', fd, errors.ACCEPT_FAILS);
      if (cannot) return cannot;
      if (this.#open >= this.#options.mostDescriptors) return -errors.EMFILE;
      queue.shift();
      this.#progressed();
      const lost = this.#failure('accept', fd, errors.ACCEPT_LOSES);
      if (lost) {
        next.connection.lossReason = 'accept failed';
        next.connection.clientResetByServer();
        return lost;
      }
      sockaddr.set(encodeSockaddr(next.peer));
      const accepted = this.#allocate({ kind: 'connection', connection: next.connection });
      next.connection.isAccepted(this.now);
      this.onAccept(next.connection);
      return accepted;
    });
  }

  #recv(fd: number, buffer: Uint8Array, length: number, flags: number): number {
    return this.#named('recv', fd, 'connection', ({ connection }) => {
      if (flags & MSG_PEEK) return connection.peeked ?? -errors.EAGAIN;
      if (this.#mishap()) return -errors.EINTR;
      if (connection.shortBy > 0)
        throw new Violation(`recv(${fd}) while ${connection.shortBy} bytes of replies wait`);
      const failed = this.#failure('recv', fd, errors.RECV_FAILS);
      if (failed) return this.#breaks(connection, failed);
      const most = this.#mishap() ? 1 + this.#random.below(length) : length;
      const bytes = connection.recv(most);
      if (bytes === undefined) return -errors.EAGAIN;
      this.#progressed();
      if (typeof bytes === 'number') return bytes;
      return (buffer as Buffer).write(bytes, 0, 'latin1');
    });
  }

  #send(fd: number, bytes: Uint8Array, length: number): number {
    return this.#named('send', fd, 'connection', ({ connection }) => {
      const text = (bytes as Buffer).toString('latin1', 0, length);
      if (!connection.hasBeenSentTo) this.onFirstSend(connection, text);
      connection.hasBeenSentTo = true;
      if (this.#mishap()) {
        if (this.#random.below(2) === 0) return -errors.EINTR;
        connection.shortBy = length;
        return -errors.EAGAIN;
      }
      const failed = this.#failure('send', fd, errors.SEND_FAILS);
      if (failed) return this.#breaks(connection, failed);
      const most = this.#mishap() ? 1 + this.#random.below(length) : length;
      const sent = connection.send(text.slice(0, most));
      connection.shortBy = length - Math.max(0, sent ?? 0);
      if (sent === undefined) return -errors.EAGAIN;
      this.#progressed();
      return sent;
    });
  }

  #breaks(connection: Connection, failed: number): number {
    connection.lossReason = 'a call on its socket failed';
    return failed;
  }

  #shutdown(fd: number, how: number): number {
    return this.#named('shutdown', fd, 'connection', ({ connection }) => {
      const direction = how === SHUT_RD ? 'read' : how === SHUT_RDWR ? 'both' : 'write';
      return connection.shutdown(direction);
    });
  }

  // The log and the standard input.

  #reopenLog(): number {
    if (this.#random.below(4) === 0) return -errors.EMFILE;
    return this.#allocate({ kind: 'log', nonBlocking: true });
  }

  #write(fd: number, bytes: Uint8Array, length: number): number {
    return this.#named('write', fd, 'log', ({ nonBlocking }) => {
      if (this.#mishap()) return -errors.EINTR;
      const failed = this.#failure('write', fd, errors.WRITE_FAILS);
      if (failed) return failed;
      const written = this.log.write((bytes as Buffer).toString('latin1', 0, length));
      if (written === -errors.EAGAIN && !nonBlocking) {
        throw new Violation(`write(${fd}) of ${length} bytes waits for the reader of the log`);
      }
      if (written > 0) this.#progressed();
      return written;
    });
  }

  #read(fd: number, buffer: Uint8Array): number {
    return this.#named('read', fd, 'stdin', () => {
      if (this.#mishap()) return -this.#random.pick([errors.EINTR, errors.EAGAIN]);
      // An input that cannot be read has ended.
      if (this.stdinHasEnded) return this.#failure('read', fd, errors.READ_FAILS);
      buffer[0] = 0x0a;
      return 1;
    });
  }

  // Signals.

  async #nodeTick(): Promise<void> {
    this.#passes(this.#options.callMs);
    for (const name of this.#signals.splice(0)) {
      this.history.add(this.now, `${name} is handled`);
      process.emit(name, name);
    }
  }

  // select(2).

  #select(
    nfds: number,
    read: Uint32Array | null,
    write: Uint32Array | null,
    timeout: number,
  ): number {
    this.onTick();
    // The log asks for itself only whether it can be written.
    if (read) this.ticks++;
    this.#passes(this.#options.callMs * (1 + nfds / 1000));
    this.#checkSet('read', nfds, read);
    this.#checkSet('write', nfds, write);
    if (!(timeout >= 0)) throw new Violation(`select with a timeout of ${timeout} ms`);
    if (this.#chance(this.#options.faults / 4)) return this.#undefined(read, write, -errors.EINTR);
    const failed = this.#failure('select', nfds, errors.SELECT_FAILS);
    if (failed) return this.#undefined(read, write, failed);
    const deadline = this.now + timeout;
    for (;;) {
      const ready = this.#ready(nfds, read, write);
      if (ready > 0) return this.#looked(nfds, read, write, timeout, ready);
      if (this.#interrupts && this.#signals.length > 0) {
        this.#interrupts = false;
        return this.#undefined(read, write, -errors.EINTR);
      }
      const next = this.#events.nextTime;
      if (next > deadline || (next === deadline && timeout === 0)) {
        this.now = deadline;
        return this.#looked(nfds, read, write, timeout, 0);
      }
      if (next === Number.POSITIVE_INFINITY) throw new Violation('the server sleeps for ever');
      this.#passes(next - this.now);
    }
  }

  /** After an error the sets are undefined (select(2)): what was in them may be in them or not. */
  #undefined(read: Uint32Array | null, write: Uint32Array | null, result: number): number {
    for (const words of [read, write]) {
      if (!words) continue;
      const index = this.#random.below(words.length);
      if (words[index] !== 0) words[index] = this.#random.below(2 ** 31);
    }
    return result;
  }

  /** Leaves the ready ones in the sets, as the kernel does: it changes them at the end of the call. */
  #looked(
    nfds: number,
    read: Uint32Array | null,
    write: Uint32Array | null,
    timeout: number,
    ready: number,
  ): number {
    let count = 0;
    const keep = (words: Uint32Array | null, isReady: (file: File) => boolean): void => {
      forEachBit(words, nfds, fd => {
        // select may report a descriptor that is not ready when it is used (select(2), BUGS).
        if (isReady(this.#files[fd] as File) || (ready > 0 && this.#chance(this.#options.faults)))
          count++;
        else
          (words as Uint32Array)[fd >>> 5] =
            ((words as Uint32Array)[fd >>> 5] as number) & ~(1 << fd);
      });
    };
    keep(read, file => this.#isReadable(file));
    keep(write, file => this.#isWritable(file));
    this.history.add(this.now, 'select', nfds, `${timeout} ms:`, count);
    this.#checkProgress(timeout, count);
    return count;
  }

  #checkProgress(timeout: number, ready: number): void {
    if (this.#progress !== this.#lastProgress || (ready === 0 && timeout > 0)) {
      this.#lastProgress = this.#progress;
      this.#idleLooks = 0;
    } else if (++this.#idleLooks > IDLE_LOOKS) {
      throw new Violation('the loop spins: it looks again and again, and does nothing');
    }
  }

  #checkSet(name: string, nfds: number, words: Uint32Array | null): void {
    if (!Number.isInteger(nfds) || nfds < 0 || nfds > 2 ** 31 - 1) {
      throw new Violation(`select: EINVAL, nfds is ${nfds}`);
    }
    if (!words) return;
    if (words.length * 32 < nfds) throw new Violation(`select: the ${name} set is too short`);
    forEachBit(words, nfds, fd => {
      if (!this.#files[fd]) throw new Violation(`select: ${fd} in the ${name} set is not open`);
    });
  }

  #ready(nfds: number, read: Uint32Array | null, write: Uint32Array | null): number {
    let count = 0;
    forEachBit(read, nfds, fd => {
      if (this.#isReadable(this.#files[fd] as File)) count++;
    });
    forEachBit(write, nfds, fd => {
      if (this.#isWritable(this.#files[fd] as File)) count++;
    });
    return count;
  }

  #isReadable(file: File): boolean {
    switch (file.kind) {
      case 'listener':
        return file.queue.length > 0;
      case 'connection':
        return file.connection.isReadable;
      case 'node':
        return this.#signals.length > 0;
      case 'stdin':
        return this.stdinHasEnded;
      case 'log':
        return false;
    }
  }

  #isWritable(file: File): boolean {
    if (file.kind === 'connection') return file.connection.isWritable;
    return file.kind === 'log' && this.log.isWritable;
  }
}

function unexpected(call: string): never {
  throw new Violation(`${call} is not a call that a server makes`);
}

function forEachBit(words: Uint32Array | null, nfds: number, visit: (fd: number) => void): void {
  if (!words) return;
  const end = (nfds + 31) >>> 5;
  for (let index = 0; index < end; index++) {
    for (let word = words[index] as number; word !== 0; word &= word - 1) {
      visit(index * 32 + 31 - Math.clz32(word & -word));
    }
  }
}
