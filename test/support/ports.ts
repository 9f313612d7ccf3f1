/** Ports that a socket holds for a test: one that was free a moment ago may be taken now. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Socket } from '../../src/sockets/socket.ts';
import type { Ending } from './scope.ts';

export interface ReservedPort {
  readonly port: number;
  /** Of the socket that is bound to the port: a server of node:net can listen on it. */
  readonly fd: number;
}

/**
 * A port without a listener, so that a connection is refused; held until the test ends. A server
 * with SO_REUSEADDR can listen on it all the same, as long as it is held with that option too.
 */
export function reservedPort(test: Ending): ReservedPort {
  const socket = Socket.open();
  socket.setOption('reuseAddress', 1);
  socket.bind({ host: '127.0.0.1', port: 0 });
  test.after(() => socket.close());
  return { port: socket.localAddress().port, fd: socket.fd };
}

/** Longer than another test keeps a port. */
const OCCUPY_MS = 20_000;

/** Listens on a port until the test ends, unless a program of the user does so all the time. */
export async function occupy(test: Ending, port: number): Promise<void> {
  const until = Date.now() + OCCUPY_MS;
  while (!(await listens(test, port)) && Date.now() < until) await delay(20);
}

async function listens(test: Ending, port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  test.after(() => server.close());
  return once(server, 'listening').then(
    () => true,
    () => false,
  );
}
