/**
 * An echo server for one client after the other. Every call blocks: accept, recv and send.
 *
 *   node echo.ts 5000        on Node 22.18 or later; before that, npx tsx echo.ts 5000
 *   nc 127.0.0.1 5000        in a second terminal
 */
import { Socket, SystemError, WOULD_BLOCK } from 'calcd/sockets';

const listener = Socket.open();
listener.setOption('reuseAddress', 1);
listener.bind({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) });
listener.listen(16);
console.log(`Listening on port ${listener.localAddress().port}`);

const buffer = new Uint8Array(65_536);
for (;;) {
  let client: Socket | undefined;
  try {
    client = listener.accept(false)?.socket;
    if (client) echo(client);
  } catch (error) {
    // A client that resets its connection is gone, like one that closes it.
    if (!(error instanceof SystemError)) throw error;
  }
  client?.close();
}

function echo(client: Socket): void {
  for (;;) {
    const received = client.recv(buffer);
    if (received === WOULD_BLOCK || received === 0) return;
    for (let sent = 0; sent < received; ) {
      const taken = client.send(buffer.subarray(sent, received));
      if (taken === WOULD_BLOCK) return;
      sent += taken;
    }
  }
}
