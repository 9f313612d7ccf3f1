/**
 * A chat server: what one client sends, all others receive. One thread waits in select(2) for all
 * clients. No call on a client's socket blocks: a client whose buffer is full is disconnected.
 *
 *   node chat.ts 5000        on Node 22.18 or later; before that, npx tsx chat.ts 5000
 *   nc 127.0.0.1 5000        in two more terminals
 */
import { FdSet, INTERRUPTED, Socket, SystemError, select, WOULD_BLOCK } from 'calcd/sockets';

const listener = Socket.open();
listener.setOption('reuseAddress', 1);
listener.bind({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) });
listener.listen(16);
listener.setNonBlocking(true);
console.log(`Listening on port ${listener.localAddress().port}`);

const clients = new Map<number, Socket>();
const buffer = Buffer.alloc(4096);

for (;;) {
  const ready = new FdSet([listener.fd, ...clients.keys()]);
  if (select(ready, new FdSet()) === INTERRUPTED) continue;
  const newcomer = ready.has(listener.fd) && orGone(() => listener.accept(true)?.socket);
  for (const client of clients.values()) if (ready.has(client.fd)) receive(client);
  if (newcomer) clients.set(newcomer.fd, newcomer);
}

function receive(client: Socket): void {
  const length = orGone(() => client.recv(buffer));
  if (length === WOULD_BLOCK) return;
  if (length > 0) sendToOthers(client, `${client.fd}: ${buffer.toString('utf8', 0, length)}`);
  else drop(client);
}

function sendToOthers(sender: Socket, text: string): void {
  const bytes = Buffer.from(text);
  for (const client of clients.values()) {
    if (client !== sender && orGone(() => client.send(bytes)) !== bytes.length) drop(client);
  }
}

function drop(client: Socket): void {
  clients.delete(client.fd);
  client.close();
}

/** The result of a call on a client's socket, or 0 when it fails, because the client is gone. */
function orGone<Result>(call: () => Result): Result | 0 {
  try {
    return call();
  } catch (error) {
    if (error instanceof SystemError) return 0;
    throw error;
  }
}
