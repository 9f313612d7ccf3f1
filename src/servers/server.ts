/**
 * What all four servers have in common, from the listening socket to the last reply on the way
 * out. How they serve a client is theirs, and comes in as a Clients object.
 */
import type { Address } from '../sockets/address.ts';
import { Acceptor, type Clients } from './acceptor.ts';
import { Display } from './display.ts';
import { onEndOfInput } from './end-of-input.ts';
import { GRACE_MS } from './limits.ts';
import { listenOn } from './listener.ts';
import { Output } from './output.ts';
import { PoliteCloser } from './polite-close.ts';
import { SelectLoop } from './select-loop.ts';
import { onStopSignal } from './stop-signals.ts';

export interface ServerOptions {
  readonly address: Address;
  /** No display line per message. */
  readonly quiet: boolean;
  /** Stop at the end of standard input, as on a signal. */
  readonly untilEof: boolean;
  /** Clients served at the same time; undefined for the server's own limit. */
  readonly maxClients?: number | undefined;
}

/** What a server's clients are served with. */
export interface Surroundings {
  readonly loop: SelectLoop;
  readonly display: Display;
  readonly closer: PoliteCloser;
}

/**
 * Serves until a signal stops it. Throws CannotListen when it cannot start.
 * @param limit clients served at the same time; a further one is told that the server is busy.
 */
export async function runServer(
  { address, quiet, untilEof }: ServerOptions,
  limit: number,
  createClients: (surroundings: Surroundings) => Clients,
): Promise<void> {
  const listener = listenOn(address);
  const output = new Output();
  const display = new Display(output, { quiet, severalClients: limit > 1 });
  const loop = new SelectLoop();
  const closer = new PoliteCloser(loop);
  const clients = createClients({ loop, display, closer });
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
  if (untilEof) onEndOfInput(loop, () => stop('the end of standard input'));

  display.listening(listener.localAddress());
  display.room(limit);
  await loop.run(() => {
    if (stopping && clients.size + closer.size === 0) loop.stop();
    display.flush();
    if (output.stalled) loop.watchWrites(output);
    else loop.ignoreWrites(output);
  });
  display.stopped();
  display.flush();
}
