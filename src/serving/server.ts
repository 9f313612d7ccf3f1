/**
 * What all four servers share, from the listening socket to the last reply. Each server has its own
 * way to serve its clients, and passes it in as a Clients object.
 */
import type { Address } from '../sockets/address.ts';
import { system } from '../sockets/system-calls.ts';
import { Acceptor, type Clients } from './acceptor.ts';
import { GRACE_MS } from './limits.ts';
import { LingeringCloser } from './lingering-close.ts';
import { listenOn } from './listener.ts';
import { Log } from './log/log.ts';
import type { LogOptions } from './log/log-format.ts';
import { SelectLoop } from './select/select-loop.ts';
import { onStdinEof, onStopSignal, onSummarySignal } from './stop-triggers.ts';

export interface ServerOptions {
  readonly address: Address;
  readonly log: LogOptions;
  /** Stop at the end of standard input, as on a signal. */
  readonly untilEof: boolean;
  /** Clients served at the same time; undefined for the server's own limit. */
  readonly maxClients?: number | undefined;
  /** Seconds after which a silent client is disconnected; undefined for never. */
  readonly idleTimeout?: number | undefined;
}

/** The parts of a server that its Clients use. */
export interface ServerContext {
  readonly loop: SelectLoop;
  readonly log: Log;
  readonly closer: LingeringCloser;
  /** In seconds; undefined for never. */
  readonly idleTimeout: number | undefined;
}

/**
 * Serves until a signal stops it. Throws CannotListen when it cannot start.
 * @param limit clients served at the same time; further ones are refused.
 */
export async function runServer(
  { address: wanted, log: logOptions, untilEof, idleTimeout }: ServerOptions,
  limit: number,
  createClients: (context: ServerContext) => Clients,
): Promise<void> {
  const { listener, address } = listenOn(wanted);
  const log = new Log(logOptions, limit > 1);
  const loop = new SelectLoop(error => log.retrying(error));
  const closer = new LingeringCloser(loop);
  const clients = createClients({ loop, log, closer, idleTimeout });
  const acceptor = new Acceptor({ loop, log, closer, listener, clients, limit });
  let isStopping = false;

  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.stopping(reason);
    acceptor.stop();
    clients.drain();
    loop.after(GRACE_MS, () => {
      clients.forceClose();
      closer.forceClose();
      loop.stop();
    });
  };
  onStopSignal(stop);
  if (untilEof) onStdinEof(loop, () => stop('end of standard input'));

  const start = system.now();
  const summarize = (): void => {
    const { admitted, refused } = acceptor;
    const { messages, errors } = clients.counts;
    const seconds = Math.round(system.now() - start) / 1000;
    log.summary({ clients: admitted, refused, messages, errors, seconds });
  };
  onSummarySignal(summarize);

  log.listening(address);
  if (limit > 1) log.capacity(limit);
  await loop.run(() => {
    if (isStopping && clients.size + closer.size === 0) loop.stop();
    log.write(loop);
  });
  summarize();
  log.stopped();
  log.flush();
}
