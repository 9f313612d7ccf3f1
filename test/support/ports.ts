/** Ports that stay free, because a socket holds them: a port that was free a moment ago may be taken. */
import { Socket } from '../../src/sockets/socket.ts';
import type { Ending } from './scope.ts';

export interface ReservedPort {
  readonly port: number;
  /** Of the socket that is bound to the port: a server of node:net can listen on it. */
  readonly fd: number;
}

/**
 * A port on which nobody listens, so that a connection is refused; held until the test ends. A server
 * with SO_REUSEADDR can listen on it all the same, as long as it is held with that option too.
 */
export function reservedPort(test: Ending): ReservedPort {
  const socket = Socket.open();
  socket.setOption('reuseAddress', 1);
  socket.bind({ host: '127.0.0.1', port: 0 });
  test.after(() => socket.close());
  return { port: socket.localAddress().port, fd: socket.fd };
}
