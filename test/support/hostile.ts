/** Clients that behave badly in the ways that servers meet, one at a time. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';

/** More than the systems on both sides hold, replies and all. */
const FLOOD = Buffer.from('2 + 2\n'.repeat(2_000_000));

type Hostility = (socket: Socket, random: Random) => Promise<void>;

const HOSTILITIES: Record<string, Hostility> = {
  'says nothing': () => sleep(50),
  'resets at once': async socket => {
    socket.resetAndDestroy();
  },
  'resets in the middle of a message': async socket => {
    socket.write('1 + 1\n22 +');
    await sleep(5);
    socket.resetAndDestroy();
  },
  'floods and does not read': async socket => {
    socket.pause();
    socket.write(FLOOD);
    await sleep(100);
  },
  'never ends its line': async (socket, random) => {
    socket.write('7'.repeat(1 + random.below(1_000_000)));
    await sleep(50);
  },
  'asks worst-case input': async socket => {
    socket.write(`${'1/3+1/7^99+1/11^99-'.repeat(200)}1\n`.repeat(5));
    await sleep(50);
  },
  'sends noise': async (socket, random) => {
    socket.write(random.bytes(random.below(10_000)));
    await sleep(10);
  },
};

/** A connection that ends badly, whatever the server says. */
export async function beHostile(port: number, random: Random): Promise<void> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.resume();
  const closed = once(socket, 'close').catch(() => {});
  try {
    await once(socket, 'connect');
    await random.pick(Object.values(HOSTILITIES))(socket, random);
  } catch {
    // Refused or reset: what a hostile client may expect.
  }
  socket.destroy();
  await closed;
}
