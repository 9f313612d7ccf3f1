// An echo for many clients, as one writes it in TypeScript.
import { createServer, type Socket } from 'node:net';

const [host, port] = process.argv.slice(2) as [string, string];

createServer((socket: Socket) => {
  socket.on('error', error => console.log(error.message));
  socket.on('data', data => {
    console.log(String(data));
    socket.write(data);
  });
}).listen(Number(port), host);
