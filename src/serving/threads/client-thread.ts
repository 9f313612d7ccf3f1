/**
 * The thread of one client of server2. It starts before its client is known, waits for a job, serves
 * the client (blocking-session.ts), and ends when the main thread asks it to.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CalculatorConversation } from '../../protocol/calculator-conversation.ts';
import { Socket } from '../../sockets/socket.ts';
import { SharedCounters } from '../counters.ts';
import { Log } from '../log/log.ts';
import type { LogOptions } from '../log/log-format.ts';
import type { Unwritten } from '../log/log-output.ts';
import { BlockingSession, warmUp } from './blocking-session.ts';

/** The client that a thread is to serve. */
export interface ThreadJob {
  /** Its socket. The main thread closes it, after the client has left or the thread has ended. */
  readonly fd: number;
  /** Shared memory: 1 once the server stops. */
  readonly stopping: Int32Array;
  /** The cells of its SharedCounters. */
  readonly counts: BigInt64Array;
  /** Seconds after which the client is idle; undefined for never. */
  readonly idleTimeout: number | undefined;
}

/** From a thread to the main thread: it is ready for a client, or its client has left. */
export type ThreadMessage = 'ready' | ClientLeft;

export interface ClientLeft {
  readonly reason: string;
  /** Log lines that could not be written yet: the main thread writes them. */
  readonly unwritten: Unwritten;
}

const log = new Log(workerData as LogOptions, true);

parentPort?.on('message', (message: ThreadJob | 'end') => {
  if (message === 'end') parentPort?.close();
  else send({ reason: serve(message), unwritten: log.output.takeUnwritten() });
});
warmUp(new CalculatorConversation());
send('ready');

function send(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** @returns why the client left. */
function serve({ fd, stopping, counts, idleTimeout }: ThreadJob): string {
  return new BlockingSession({
    socket: new Socket(fd),
    conversation: new CalculatorConversation(log.observer(fd)),
    output: log.output,
    counts: new SharedCounters(counts),
    isStopping: () => Atomics.load(stopping, 0) === 1,
    idleTimeout,
  }).serve();
}
