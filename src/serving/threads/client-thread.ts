/**
 * The thread of one client of server2. It is started before its client is known, waits for the
 * assignment, serves the client (blocking-session.ts), and ends when it is told to.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CalculatorConversation } from '../../protocol/calculator-conversation.ts';
import { Socket } from '../../sockets/socket.ts';
import { Display } from '../log/log.ts';
import type { DisplayOptions } from '../log/log-options.ts';
import type { Unwritten } from '../log/log-output.ts';
import { BlockingSession, rehearse } from './blocking-session.ts';
import { SharedCounts } from './shared-counts.ts';

/** The client a thread is given. */
export interface Assignment {
  /** Its socket, which the main thread closes when the client has left or the thread has ended. */
  readonly fd: number;
  /** Shared: 1 once the server stops. */
  readonly stopping: Int32Array;
  /** The cells of its SharedCounts. */
  readonly counts: BigInt64Array;
  /** Seconds after which the client is idle; undefined for never. */
  readonly idleTimeout: number | undefined;
}

/** What a thread says: that it waits for a client, and why its client left. */
export type Report = 'ready' | ClientLeft;

export interface ClientLeft {
  readonly reason: string;
  /** Lines of the log that wait: the thread may end now, the main thread goes on. */
  readonly unwritten: Unwritten;
}

const display = new Display(workerData as DisplayOptions, true);

parentPort?.on('message', (message: Assignment | 'end') => {
  if (message === 'end') parentPort?.close();
  else
    parentPort?.postMessage({
      reason: serve(message),
      unwritten: display.output.handOver(),
    } satisfies Report);
});
rehearse(new CalculatorConversation());
parentPort?.postMessage('ready' satisfies Report);

/** @returns why the client left. */
function serve({ fd, stopping, counts, idleTimeout }: Assignment): string {
  const conversation = new CalculatorConversation(display.observer(fd));
  const isStopping = () => Atomics.load(stopping, 0) === 1;
  const shared = new SharedCounts(counts);
  return new BlockingSession(
    new Socket(fd),
    conversation,
    display.output,
    shared,
    isStopping,
    idleTimeout,
  ).serve();
}
