/** The servers' limits, each with its reason. */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { RLIMIT_NOFILE, RLIMIT_NPROC } from '../sockets/native.ts';
import { system } from '../sockets/system-calls.ts';

/** Connections that may wait to be accepted: the usual choice; the system may allow fewer. */
export const BACKLOG = 511;

/** Bytes received from one client in a turn: enough for a bulk run, little enough to share. */
export const RECEIVE_BYTES = 64 * 1024;

/** Milliseconds one client's messages may take before it is the others' turn. */
export const TURN_MS = 2;

/** Clients accepted in a turn, so that a storm of newcomers does not stop those who are served. */
export const ACCEPTS_PER_TURN = 64;

/** Pause when accept(2) finds no free descriptor: it would fail again at once, and spin. */
export const ACCEPT_PAUSE_MS = 100;

/** How long a client that was refused may take to hear it and hang up. */
export const POLITE_CLOSE_MS = 2000;

/** Refused clients that are waited for at a time; a further one is closed at once. */
export const POLITE_CLOSES = 16;

/** Time to deliver the replies due when the server is told to stop. */
export const GRACE_MS = 2000;

/** Seconds of silence after which the system asks whether the peer's machine is still there. */
export const KEEPALIVE_S = 300;

/** Bytes of display lines after which they are written without waiting for the end of the turn. */
export const DISPLAY_FLUSH_BYTES = 64 * 1024;

/** Bytes of display lines that may wait for a slow terminal before lines are dropped. */
export const DISPLAY_BACKLOG_BYTES = 256 * 1024;

/** Heap of a client's thread: many times what a conversation needs. */
export const THREAD_HEAP_MB = 32;

/**
 * Threads that end with their client before threads are used again. The FFI keeps some 45 KB and
 * three memory maps for every thread that ever called through it (measured; koffi 3.3): without an
 * end to that the process would abort after some 20,000 clients, out of maps.
 */
export const THREADS_BEFORE_REUSE = 4000;

/** Threads being started at a time: as many as can make progress, so that the first are not last. */
export const STARTS_AT_A_TIME = availableParallelism();

/**
 * How long after a thread has been given to a client the next one is started. To start one takes a
 * core for tens of milliseconds, and the client waits for its first reply (measured: 2.7 ms instead of 3.3).
 */
export const RESERVE_DELAY_MS = 5;

const SELECT_CLIENTS = 10_000;
const THREAD_CLIENTS = 256;

/** Descriptors for all but clients: Node's own, the listener, refused clients on their way out. */
const RESERVED_DESCRIPTORS = 40;

/** Measured: a client's socket, and what its thread's event loop and display open for themselves. */
const DESCRIPTORS_PER_THREAD = 6;

/** Measured: a worker thread maps some 37 regions and takes 9 MB. Twice that is left free. */
const MAPS_PER_THREAD = 74;
const BYTES_PER_THREAD = 18 * 1024 * 1024;

/** How many clients one select loop serves, fewer when so `wanted`. */
export function selectClientLimit(wanted = SELECT_CLIENTS): number {
  return Math.min(wanted, descriptorsForClients());
}

/**
 * How many clients a thread each can be given here, fewer when so `wanted`. The process aborts,
 * with no way to catch it, when threads run out of memory maps, so the limit keeps far away from that.
 */
export function threadClientLimit(wanted = THREAD_CLIENTS): number {
  return Math.min(
    wanted,
    atLeastOne(descriptorsForClients() / DESCRIPTORS_PER_THREAD - STARTS_AT_A_TIME),
    atLeastOne(system.softLimit(RLIMIT_NPROC) / 2),
    atLeastOne(memoryMaps() / MAPS_PER_THREAD),
    atLeastOne(availableMemory() / BYTES_PER_THREAD),
  );
}

function descriptorsForClients(): number {
  return atLeastOne(system.softLimit(RLIMIT_NOFILE) - RESERVED_DESCRIPTORS);
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}

/** Linux's vm.max_map_count; other systems have no such limit. */
function memoryMaps(): number {
  try {
    return Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(freemem(), constrained) : freemem();
}
