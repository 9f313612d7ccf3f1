/**
 * A chat server: what one client says, all others hear. One thread sits in select(2) for all of
 * them, and no call waits for one: who has not room for what is said is dropped.
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
  for (const client of clients.values()) if (ready.has(client.fd)) hear(client);
  if (newcomer) clients.set(newcomer.fd, newcomer);
}

function hear(client: Socket): void {
  const length = orGone(() => client.recv(buffer));
  if (length === WOULD_BLOCK) return;
  if (length > 0) tellOthers(client, `${client.fd}: ${buffer.toString('utf8', 0, length)}`);
  else drop(client);
}

function tellOthers(speaker: Socket, text: string): void {
  const bytes = Buffer.from(text);
  for (const client of clients.values()) {
    if (client !== speaker && orGone(() => client.send(bytes)) !== bytes.length) drop(client);
  }
}

function drop(client: Socket): void {
  clients.delete(client.fd);
  client.close();
}

/** What a call on a client's socket returns, or 0 when it fails: that client has gone. */
function orGone<Result>(call: () => Result): Result | 0 {
  try {
    return call();
  } catch (error) {
    if (error instanceof SystemError) return 0;
    throw error;
  }
}
