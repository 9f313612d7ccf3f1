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

/**
 * Pause after accept(2) or select(2) has failed, for want of a descriptor or of memory for example:
 * it would fail again at once, and spin.
 */
export const FAILURE_PAUSE_MS = 100;

/** How long a client that was refused may take to hear it and hang up. */
export const POLITE_CLOSE_MS = 2000;

/** Refused clients that are waited for at a time; a further one is closed at once. */
export const POLITE_CLOSES = 16;

/** Time to deliver the replies due when the server is told to stop. */
export const GRACE_MS = 2000;

/** Seconds of silence after which the system asks whether the peer's machine is still there, */
export const KEEPALIVE_IDLE_S = 240;

/** seconds until it asks again when there was no answer, */
export const KEEPALIVE_INTERVAL_S = 20;

/** and how many questions may stay without an answer. */
export const KEEPALIVE_COUNT = 3;

/**
 * Seconds that sent replies may stay unacknowledged, or unsent because the peer does not read: then
 * the system ends the connection. By its own rule (tcp_retries2 on Linux) it tries for 15 minutes
 * and more, and waits for ever for a peer that does not read. The same time as keepalive takes,
 * because Linux counts this one for keepalive too: were it shorter than the time to the second
 * question, one lost packet would end a connection.
 */
export const USER_TIMEOUT_S = KEEPALIVE_IDLE_S + KEEPALIVE_COUNT * KEEPALIVE_INTERVAL_S;

/**
 * How often in the time of --idle-timeout a server looks for clients that have said nothing. A look
 * at 10,000 clients takes less than a millisecond; a client may stay up to two looks longer.
 */
export const LOOKS_PER_IDLE_TIMEOUT = 16;

/** Pause before lines are written again to a pipe that had lost its reader: it may be restarted. */
export const READER_PAUSE_MS = 1000;

/** Bytes of display lines after which they are written without waiting for the end of the turn. */
export const DISPLAY_FLUSH_BYTES = 64 * 1024;

/** Bytes of display lines that may wait for a slow terminal before lines are dropped. */
export const DISPLAY_BACKLOG_BYTES = 256 * 1024;

/** Heap of a client's thread: many times what a conversation needs. */
export const THREAD_HEAP_MB = 32;

/**
 * Its part for new objects. V8 lets that grow to 48 MB; a thread whose client floods it then takes
 * 14 MB, and so bounded 11 MB, at the same speed (measured).
 */
export const THREAD_YOUNG_HEAP_MB = 4;

/**
 * Most threads that end with their client, on any machine, before idle threads serve the next
 * clients. What these leave behind (see below) is 64 MB at most; after it memory does not grow
 * with the number of clients.
 */
const THREADS_BEFORE_REUSE = 1000;

/** Idle threads that are kept, however long they are idle: two clients at once need not wait. */
export const IDLE_THREADS = 2;

/**
 * How long any further thread stays idle before it ends. A thread costs 9 MB as long as it is kept,
 * and what it leaves behind when it ends: a crowd that comes again within a minute costs neither.
 */
export const IDLE_THREAD_MS = 60_000;

/** Threads being started at a time: as many as can make progress, so that the first are not last. */
export const STARTS_AT_A_TIME = availableParallelism();

/**
 * How long after a thread has been given to a client the next one is started. To start one takes a
 * core for tens of milliseconds, and the client waits for its first reply (measured: 2.7 ms instead of 3.3).
 */
export const SPARE_DELAY_MS = 5;

const SELECT_CLIENTS = 10_000;
const THREAD_CLIENTS = 256;

/** Descriptors for all but clients: Node's own, the listener, refused clients on their way out. */
const RESERVED_DESCRIPTORS = 40;

/** Measured: a client's socket, and what its thread's event loop and display open for themselves. */
const DESCRIPTORS_PER_THREAD = 6;

/** What the threads of server2 may use of the machine. */
interface ThreadResources {
  /** For clients and their threads. */
  readonly descriptors: number;
  /** Processes and threads of this user. */
  readonly processes: number;
  /** Memory maps of this process. */
  readonly maps: number;
  /** In bytes: what is free. */
  readonly memory: number;
}

/** What a thread takes, measured: 9 MB and 46 maps; 11 MB and 51 maps when its client floods it. */
const THREAD = { maps: 60, bytes: 12 * 1024 * 1024 };

/**
 * What a thread leaves behind when it ends. Node itself keeps some 10 KB of it. koffi (3.1.0 to
 * 3.3.4) never frees what it has allocated for a thread: its types and the stack and heap for its
 * calls, some 40 KB and three maps (measured: 30 to 60 KB in all).
 */
const ENDED_THREAD = { maps: 3, bytes: 64 * 1024 };

/** Of the memory: what ended threads may have left behind, and what is for the others. */
const ENDED_THREADS_SHARE = 1 / 8;
const THREADS_SHARE = 7 / 8;

/** Of the memory maps: what threads, ended ones included, may use. */
const MAPS_SHARE = 7 / 8;

/** How many threads server2 may have, and how many may end. */
export interface ThreadBudget {
  /** Clients served at the same time. */
  readonly clients: number;
  /** Threads that have not ended yet: one for each client, and a spare one. */
  readonly threads: number;
  /** Threads that may end in the life of the server, for each leaves something behind. */
  readonly endings: number;
  /** How many of these end because their client has left. */
  readonly endingsWithClient: number;
}

/** How many clients one select loop serves, fewer when so `wanted`. */
export function selectClientLimit(wanted = SELECT_CLIENTS): number {
  return Math.min(wanted, descriptorsForClients());
}

/**
 * How many clients can have a thread each here, fewer when so `wanted`, and how many threads may end.
 * The process aborts, with no way to catch it, when threads run out of memory maps, and the system
 * kills it when it runs out of memory. So what threads take and what ended ones leave behind is
 * bounded together.
 */
export function threadBudget(
  wanted = THREAD_CLIENTS,
  { descriptors, processes, maps, memory }: ThreadResources = threadResources(),
): ThreadBudget {
  const clients = Math.min(
    wanted,
    atLeastOne(descriptors / DESCRIPTORS_PER_THREAD - STARTS_AT_A_TIME),
    atLeastOne(processes / 2),
    atLeastOne((maps * MAPS_SHARE) / THREAD.maps - 1),
    atLeastOne((memory * THREADS_SHARE) / THREAD.bytes - 1),
  );
  const threads = clients + 1;
  const endings = Math.max(
    0,
    Math.floor(
      Math.min(
        (maps * MAPS_SHARE - threads * THREAD.maps) / ENDED_THREAD.maps,
        (memory * ENDED_THREADS_SHARE) / ENDED_THREAD.bytes,
      ),
    ),
  );
  const endingsWithClient = Math.min(THREADS_BEFORE_REUSE, Math.floor(endings / 2));
  return { clients, threads, endings, endingsWithClient };
}

function threadResources(): ThreadResources {
  return {
    descriptors: descriptorsForClients(),
    processes: system.softLimit(RLIMIT_NPROC),
    maps: memoryMaps(),
    memory: availableMemory(),
  };
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

/** A container's limit counts this process's memory too. */
function availableMemory(): number {
  const constrained = process.constrainedMemory();
  if (!(constrained > 0)) return freemem();
  return Math.min(freemem(), Math.max(0, constrained - process.memoryUsage.rss()));
}
