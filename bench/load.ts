/**
 * A load generator in a process of its own, on the same sockets and select(2) as the servers, so
 * that it is not the slower side: each client keeps so many messages in flight and checks every
 * byte that comes back. Closed loop: a message is sent when a reply has come.
 *
 *   load.ts PORT CLIENTS IN_FLIGHT SECONDS MESSAGE REPLY     prints one line of JSON
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { FdSet, select } from '../src/sockets/select.ts';
import { Socket } from '../src/sockets/socket.ts';

const WARM_UP_SECONDS = 0.5;

const [port, clients, inFlight, seconds] = argv.slice(2, 6).map(Number) as [
  number,
  number,
  number,
  number,
];
const [message, reply] = argv.slice(6).map(text => Buffer.from(`${text}\n`)) as [Buffer, Buffer];

const received = Buffer.alloc(64 * 1024);
const burst = Buffer.concat(Array.from({ length: inFlight }, () => message));
/** A run of replies long enough to compare any receive with, from any position in a reply. */
const expected = Buffer.concat(
  Array.from({ length: Math.ceil(received.length / reply.length) + 1 }, () => reply),
);

const sockets: Socket[] = [];
/** By descriptor: bytes received of the reply that is under way. */
const partial: number[] = [];
const all = new FdSet();
for (let count = 0; count < clients; count++) {
  const socket = Socket.open();
  socket.connect({ host: '127.0.0.1', port });
  socket.setOption('noDelay', 1);
  sockets[socket.fd] = socket;
  partial[socket.fd] = 0;
  all.add(socket.fd);
  send(socket, inFlight);
}

run(WARM_UP_SECONDS);
const started = performance.now();
const replies = run(seconds);
const perSecond = replies / ((performance.now() - started) / 1000);
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ perSecond, cpu: (user + system) / 1e3 / performance.now() }));

/** @returns replies received in so many seconds. */
function run(duration: number): number {
  const until = performance.now() + duration * 1000;
  const readable = new FdSet();
  const nothing = new FdSet();
  let count = 0;
  while (performance.now() < until) {
    readable.copyFrom(all);
    if (select(readable, nothing, 5000) === 0) throw new Error('no reply for 5 s');
    readable.forEach(fd => {
      count += receive(sockets[fd] as Socket);
    });
  }
  return count;
}

function receive(socket: Socket): number {
  const length = socket.recv(received);
  if (length === 0) throw new Error('the server closed a connection');
  const before = partial[socket.fd] as number;
  if (received.compare(expected, before, before + length, 0, length) !== 0) {
    throw new Error(`wrong reply: ${JSON.stringify(received.toString('latin1', 0, length))}`);
  }
  const replies = Math.floor((before + length) / reply.length);
  partial[socket.fd] = (before + length) % reply.length;
  if (replies > 0) send(socket, replies);
  return replies;
}

function send(socket: Socket, messages: number): void {
  const length = messages * message.length;
  if (socket.send(burst, length) !== length) throw new Error('a send was cut short');
}
