/**
 * What all four servers have in common, from the listening socket to the last reply on the way
 * out. How they serve a client is theirs, and comes in as a Clients object.
 */
import type { Address } from '../sockets/address.ts';
import { system } from '../sockets/system-calls.ts';
import { Acceptor, type Clients } from './acceptor.ts';
import { GRACE_MS, READER_PAUSE_MS } from './limits.ts';
import { PoliteCloser } from './lingering-close.ts';
import { listenOn } from './listener.ts';
import { Display } from './log/log.ts';
import type { DisplayOptions } from './log/log-options.ts';
import { SelectLoop } from './select/select-loop.ts';
import { onStopSignal, onSummarySignal } from './signals.ts';
import { onEndOfInput } from './stdin-eof.ts';

export interface ServerOptions {
  readonly address: Address;
  readonly display: DisplayOptions;
  /** Stop at the end of standard input, as on a signal. */
  readonly untilEof: boolean;
  /** Clients served at the same time; undefined for the server's own limit. */
  readonly maxClients?: number | undefined;
  /** Seconds after which a silent client is disconnected; undefined for never. */
  readonly idleTimeout?: number | undefined;
}

/** What a server's clients are served with. */
export interface Surroundings {
  readonly loop: SelectLoop;
  readonly display: Display;
  readonly closer: PoliteCloser;
  /** In seconds; undefined for none. */
  readonly idleTimeout: number | undefined;
}

/**
 * Serves until a signal stops it. Throws CannotListen when it cannot start.
 * @param limit clients served at the same time; a further one is told that the server is busy.
 */
export async function runServer(
  { address: wanted, display: displayOptions, untilEof, idleTimeout }: ServerOptions,
  limit: number,
  createClients: (surroundings: Surroundings) => Clients,
): Promise<void> {
  const { listener, address } = listenOn(wanted);
  const display = new Display(displayOptions, limit > 1);
  const loop = new SelectLoop(error => display.paused(error));
  const closer = new PoliteCloser(loop);
  const clients = createClients({ loop, display, closer, idleTimeout });
  const acceptor = new Acceptor(loop, listener, display, clients, closer, limit);
  let stopping = false;

  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    display.stopping(reason);
    acceptor.stop();
    clients.finish();
    loop.after(GRACE_MS, () => {
      clients.cutOff();
      closer.cutOff();
      loop.stop();
    });
  };
  onStopSignal(stop);

  const start = system.now();
  const summarize = (): void => {
    const { welcomed, refused } = acceptor;
    const { messages, errors } = clients.counts;
    const seconds = Math.round(system.now() - start) / 1000;
    display.summary({ clients: welcomed, refused, messages, errors, seconds });
  };
  onSummarySignal(summarize);
  if (untilEof) onEndOfInput(loop, () => stop('the end of standard input'));

  display.listening(address);
  if (limit > 1) display.capacity(limit);
  const writeLog = logWriter(loop, display);
  await loop.run(() => {
    if (stopping && clients.size + closer.size === 0) loop.stop();
    writeLog();
  });
  summarize();
  display.stopped();
  display.flush();
}

/** @returns what writes the log, as far as it can be written now, before each sleep. */
function logWriter(loop: SelectLoop, display: Display): () => void {
  const { output } = display;
  let isPausing = false;
  const pauseEnds = (): void => {
    isPausing = false;
  };
  return () => {
    display.flush();
    if (output.stalled) loop.watchWrites(output);
    else loop.ignoreWrites(output);
    if (!output.hasNoReader || isPausing) return;
    isPausing = true;
    loop.after(READER_PAUSE_MS, pauseEnds);
  };
}
