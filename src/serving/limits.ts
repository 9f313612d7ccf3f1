/** The servers' limits, each with its reason. */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { RLIMIT_NOFILE, RLIMIT_NPROC } from '../sockets/constants.ts';
import { system } from '../sockets/system-calls.ts';

/** Connections that may wait to be accepted: the usual choice; the system may allow fewer. */
export const BACKLOG = 511;

/** Bytes received from one client in a tick: enough for bulk input, few enough to be fair. */
export const RECEIVE_BYTES = 64 * 1024;

/** A client's time slice in milliseconds; after it the other clients are served. */
export const TIME_SLICE_MS = 2;

/** Clients accepted per tick, so that many new clients do not delay the admitted ones. */
export const ACCEPTS_PER_TICK = 64;

/**
 * Pause after accept(2) or select(2) has failed, for example because descriptors or memory are short.
 * Without it the call would fail again at once, and the loop would spin.
 */
export const RETRY_DELAY_MS = 100;

/** How long a refused client may take to read the reply and close. */
export const LINGER_MS = 2000;

/** Refused clients that may linger at a time; a further one is closed at once. */
export const MOST_LINGERING = 16;

/** Time to send the pending replies after the server is asked to stop. */
export const GRACE_MS = 2000;

/** Seconds of silence after which the system sends the first keepalive probe. */
export const KEEPALIVE_IDLE_S = 240;

/** Seconds between keepalive probes. */
export const KEEPALIVE_INTERVAL_S = 20;

/** Keepalive probes without an answer after which the connection ends. */
export const KEEPALIVE_COUNT = 3;

/**
 * Seconds that sent replies may stay unacknowledged, or unsent because the peer does not read; then
 * the system ends the connection. Without it Linux goes on for 15 minutes and more (tcp_retries2), and
 * waits for ever for a peer that does not read. Linux applies this limit to keepalive too, so it is
 * as long as all keepalive probes take: a shorter one would end a connection after one lost probe.
 */
export const USER_TIMEOUT_S = KEEPALIVE_IDLE_S + KEEPALIVE_COUNT * KEEPALIVE_INTERVAL_S;

/**
 * How often within --idle-timeout the server looks for idle clients. To check 10,000 clients takes
 * less than a millisecond; a client may stay up to two checks longer than the timeout.
 */
export const CHECKS_PER_IDLE_TIMEOUT = 16;

/** Pause before the log is written again to a pipe without a reader, which may be restarting. */
export const READER_RETRY_MS = 1000;

/** Bytes of log lines after which they are written before the end of the tick. */
export const LOG_FLUSH_BYTES = 64 * 1024;

/** Bytes of log lines that may wait for a slow reader before lines are dropped. */
export const LOG_BACKLOG_BYTES = 256 * 1024;

/** Heap of a client's thread: many times what it needs. */
export const THREAD_HEAP_MB = 32;

/**
 * The part of that heap for new objects. V8 would let it grow to 48 MB: a thread whose client floods
 * it would take 14 MB instead of 11 MB, at the same speed (measured).
 */
export const THREAD_YOUNG_HEAP_MB = 4;

/**
 * After this many threads have ended with their clients, idle threads serve the next clients. Ended
 * threads leave memory behind (see below): 64 MB at most. After that memory does not grow with the
 * number of clients.
 */
const THREADS_BEFORE_REUSE = 1000;

/** Idle threads that never end: two clients at once need not wait. */
export const IDLE_THREADS = 2;

/**
 * After this long a further idle thread ends. An idle thread costs 9 MB, and an ended one leaves
 * memory behind: many clients that come back within a minute cost neither.
 */
export const IDLE_THREAD_MS = 60_000;

/** Threads that start at the same time: no more than there are cores. */
export const STARTS_AT_A_TIME = availableParallelism();

/**
 * How long after a thread has got its client the next spare thread starts. A start takes a core for
 * tens of milliseconds, while the client waits for its first reply (measured: 2.7 ms instead of 3.3).
 */
export const SPARE_DELAY_MS = 5;

/** Whether this is the source, as in `node src/server2.ts`, and not the build. */
export const RUNS_SOURCE = import.meta.url.endsWith('.ts');

const SELECT_CLIENTS = 10_000;
const THREAD_CLIENTS = 256;

/** Descriptors for everything but clients: Node's own, the listener, lingering closes. */
const RESERVED_DESCRIPTORS = 40;

/** What server2 may use of the machine. */
interface ThreadResources {
  /** For clients and their threads. */
  readonly descriptors: number;
  /** Processes and threads of this user. */
  readonly processes: number;
  /** Memory maps of this process. */
  readonly maps: number;
  /** Free memory in bytes. */
  readonly memory: number;
  /** Whether threads run the source, not the build. */
  readonly fromSource?: boolean;
}

/**
 * Of a thread, with its client's socket. Measured: 9 MB and 46 maps; 11 MB and 51 maps while its client
 * floods it; the other descriptors are those of its event loop and its log.
 */
const THREAD = { descriptors: 6, maps: 60, bytes: 12 * 1024 * 1024 };

/**
 * A thread that runs the source reads TypeScript itself. Measured: 20 MB and 62 maps by Node; 30 MB,
 * 141 maps and 11 descriptors by tsx.
 */
const SOURCE_THREAD = { descriptors: 12, maps: 160, bytes: 36 * 1024 * 1024 };

/**
 * What an ended thread leaves behind. Node keeps about 10 KB. koffi (3.1.0 to 3.3.4) never frees what
 * it has allocated for a thread (types, and a stack and heap for calls): about 40 KB and three maps.
 * Measured: 30 to 60 KB in all.
 */
const ENDED_THREAD = { maps: 3, bytes: 64 * 1024 };

/** Shares of the memory for what ended threads leave behind, and for threads. */
const ENDED_THREADS_SHARE = 1 / 8;
const THREADS_SHARE = 7 / 8;

/** Share of the memory maps for threads, including ended ones. */
const MAPS_SHARE = 7 / 8;

/** How many threads server2 may have, and how many may end. */
export interface ThreadBudget {
  /** Clients served at the same time. */
  readonly clients: number;
  /** Threads at a time: one per client and a spare one. */
  readonly threads: number;
  /** Threads that may end while the server runs, because each leaves memory behind. */
  readonly endings: number;
  /** How many of these may end because their client has left. */
  readonly endingsWithClient: number;
}

/** How many clients one select loop serves: `wanted`, or fewer if descriptors are short. */
export function selectClientLimit(wanted = SELECT_CLIENTS): number {
  return Math.min(wanted, descriptorsForClients());
}

/**
 * How many clients server2 serves, one thread per client: `wanted`, or fewer on a small machine; and
 * how many threads may end. Node aborts, and nothing can catch it, when threads run out of memory
 * maps, and the system kills a process that runs out of memory. So threads and what ended threads
 * leave behind are bounded together.
 */
export function threadBudget(
  wanted = THREAD_CLIENTS,
  { descriptors, processes, maps, memory, fromSource }: ThreadResources = threadResources(),
): ThreadBudget {
  const thread = fromSource ? SOURCE_THREAD : THREAD;
  const clients = Math.min(
    wanted,
    atLeastOne(descriptors / thread.descriptors - STARTS_AT_A_TIME),
    atLeastOne(processes / 2),
    atLeastOne((maps * MAPS_SHARE) / thread.maps - 1),
    atLeastOne((memory * THREADS_SHARE) / thread.bytes - 1),
  );
  const threads = clients + 1;
  const endings = Math.max(
    0,
    Math.floor(
      Math.min(
        (maps * MAPS_SHARE - threads * thread.maps) / ENDED_THREAD.maps,
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
    fromSource: RUNS_SOURCE,
  };
}

function descriptorsForClients(): number {
  return atLeastOne(system.softLimit(RLIMIT_NOFILE) - RESERVED_DESCRIPTORS);
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}

/** vm.max_map_count of Linux; other systems have no such limit. */
function memoryMaps(): number {
  try {
    return Number(readFileSync('/proc/sys/vm/max_map_count', 'utf8'));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** The limit of a container includes this process's memory. */
function availableMemory(): number {
  const constrained = process.constrainedMemory();
  if (!(constrained > 0)) return freemem();
  return Math.min(freemem(), Math.max(0, constrained - process.memoryUsage.rss()));
}
