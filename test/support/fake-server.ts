/** Servers of other people, as the client meets them: what each does with a message, in a line. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Starts a server that calls `serve` for each connection. @returns its port. */
export async function fakeServer(
  test: TestContext,
  serve: (socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  test.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server that takes each receive for a message, as most do, and closes when its client does. */
export function answering(reply: (message: string) => string): (socket: Socket) => void {
  return socket => {
    socket.on('data', bytes => socket.write(reply(bytes.toString().trim())));
    socket.on('end', () => socket.end());
  };
}
