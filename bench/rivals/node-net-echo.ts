/** The rival everybody would write in Node: an echo server on node:net. Its port is printed. */
import { type AddressInfo, createServer } from 'node:net';

const server = createServer(socket => {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', bytes => socket.write(bytes));
});
server.listen(0, '127.0.0.1', () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`Server listening on ${address}:${port}`);
});
