/** An echo server for one client after the other. Every call waits: accept, recv and send. */
import { Socket } from 'calcd/sockets';

const listener = Socket.open();
listener.setOption('reuseAddress', 1);
listener.bind({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) });
listener.listen(16);
console.log(`Listening on port ${listener.localAddress().port}`);

const buffer = new Uint8Array(65_536);
for (;;) {
  const client = listener.accept(false)?.socket;
  try {
    while (client && client.send(buffer, client.recv(buffer)) > 0);
  } catch {
    // A client that reset its connection has gone, like one that closed it.
  }
  client?.close();
}
