/**
 * When a process has come to rest. A baseline is what a test compares with later, so it must not be
 * taken while something still moves: a thread that is being started, a timer of some milliseconds,
 * a socket that is about to be closed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DEADLINE_MS } from './deadline.ts';

/** Longer than any timer after which a server does something that a baseline would miss. */
const REST_MS = 60;

/**
 * Waits until all threads of the process sleep and have slept since the look before (Linux). The
 * system counts how often each thread was switched to or from: on however busy a machine, a thread
 * that wants to run but has not had its turn yet is not asleep, and one that ran has been switched.
 */
export async function settled(pid: number): Promise<void> {
  const until = Date.now() + DEADLINE_MS;
  for (let before = threadsOf(pid); ; ) {
    await delay(REST_MS);
    const now = threadsOf(pid);
    if (now === before && !/State:\s+[^S]/.test(now)) return;
    if (Date.now() > until) throw new Error(`not at rest within ${DEADLINE_MS} ms:\n${now}`);
    before = now;
  }
}

/** Each thread's number, state and switches, as one text. */
function threadsOf(pid: number): string {
  return readdirSync(`/proc/${pid}/task`)
    .map(thread => `${thread} ${switchesOf(`/proc/${pid}/task/${thread}/status`)}`)
    .join('\n');
}

function switchesOf(file: string): string {
  try {
    const status = readFileSync(file, 'utf8');
    return (status.match(/^(State|\w*voluntary_ctxt_switches):.*/gm) ?? []).join(' ');
  } catch {
    return 'State: has ended meanwhile';
  }
}
