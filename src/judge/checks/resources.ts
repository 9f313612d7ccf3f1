/** What a server must not use up, whatever its clients do: descriptors, threads, memory, CPU time. */
import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer, ServerAttempt } from '../attempt/server-attempt.ts';
import type { TcpConnection } from '../attempt/tcp-connection.ts';
import { CALCULATORS, type Check, CONCURRENT, SERVER_ROLES } from '../check.ts';
import { eventually } from '../program/deadlines.ts';
import { USAGE_POLL_MS } from '../program/operating-system.ts';
import { Failure, rethrow } from '../result.ts';

const VISITS = 100;
const FIRST_VISITS = 5;
/** A slow server gets fewer visits, which show a leak as well. */
const VISITS_MS = 2500;
/** Visitors that may still be disconnecting. */
const STILL_CLOSING = 5;
const CLEANED_MS = 3000;

const CPU_MS = 500;
/** A waiting server uses none. One that polls a hundred times per second uses little. */
const MOST_CPU = 0.3;

/** Far more than the buffers of the system hold. */
const FLOOD_BYTES = 64 * 1024 * 1024;
const FLOOD_MS = 5000;
/** After this time without progress, all buffers are full. */
const STUCK_MS = 500;
/** Pause between the messages of another client during the flood. */
const ASK_EVERY_MS = 250;
/** The reply is about as long as the message, so that replies fill the buffers as fast. */
const FLOOD_LINE = '99999999999999999999 * 99999999999999999998\n';
const FLOOD_CHUNK = Buffer.from(FLOOD_LINE.repeat(1500));
const MOST_GROWTH_MIB = 32;

const ENDLESS_BYTES = 48 * 1024 * 1024;
const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, '7');
const ENDLESS_GROWTH_MIB = 16;

export const RESOURCES: Check<ServerAttempt>[] = [
  {
    name: 'leaks',
    roles: SERVER_ROLES,
    level: 'robustness',
    needs: ['next-client'],
    linuxOnly: true,
    asks: 'After many clients have disconnected, the server has released all their resources.',
    why: 'A server runs for months. If it keeps a descriptor or a thread for each client, it fails some day.',
    hint: 'Close every socket on every path, also after errors. End the threads, and wait for child processes.',
    run: async attempt => {
      const server = await attempt.start();
      await visit(server, FIRST_VISITS);
      const before = server.resourceUsage();
      const visits = await visit(server, VISITS);
      const leaked = (): string[] => {
        const now = server.resourceUsage();
        return (['descriptors', 'threads', 'processes', 'zombies'] as const)
          .filter(kind => now[kind] - before[kind] > STILL_CLOSING)
          .map(kind => `${now[kind] - before[kind]} ${kind}`);
      };
      if (await eventually(() => leaked().length === 0, CLEANED_MS, USAGE_POLL_MS)) return;
      throw new Failure({
        sent: `${visits} clients, one after the other`,
        expected: 'no more resources than before',
        got: `${leaked().join(', ')} more than before`,
      });
    },
  },
  {
    name: 'rests',
    roles: SERVER_ROLES,
    level: 'robustness',
    linuxOnly: true,
    asks: 'While no client sends anything, the server uses no CPU time.',
    why: 'A busy loop uses a whole core, slows down all other programs and empties batteries.',
    hint: 'Remove a closed socket from the sets of select: it is always readable. Do not use a timeout of zero.',
    run: async attempt => {
      const server = await attempt.start();
      const client = await server.connectServed();
      await expectIdle(server, 'a client that is connected and silent');
      client.connection.close();
      await expectIdle(server, 'a client that has disconnected');
    },
  },
  {
    name: 'deaf-client',
    roles: CONCURRENT,
    level: 'robustness',
    needs: ['at-once'],
    exclusive: true,
    asks: 'A client that sends and never reads does not stop the others.',
    why: 'Its replies fill the buffers. A blocking send then waits forever, and so do all other clients.',
    hint: 'Do not call send or sendall on a blocking socket in a select loop. Make sockets non-blocking, keep what send did not accept, and select for writing.',
    run: async attempt => {
      const server = await attempt.start();
      const other = await server.connectServed();
      const deaf = await connectDeaf(server);
      let isFlooding = true;
      const flooding = flood(deaf, FLOOD_CHUNK, FLOOD_BYTES).finally(() => {
        isFlooding = false;
      });
      try {
        while (isFlooding) {
          await other.expectService();
          await Promise.race([flooding, delay(ASK_EVERY_MS)]);
        }
        await other.expectService();
      } catch (error) {
        rethrow(error, sent => `a flood from a client that does not read; ${sent} from another`);
      } finally {
        await flooding;
      }
    },
  },
  {
    name: 'bounded-replies',
    roles: CONCURRENT,
    level: 'robustness',
    needs: ['keeps-talking'],
    linuxOnly: true,
    exclusive: true,
    asks: 'The server keeps only a limited number of bytes for a client that never reads.',
    why: 'Otherwise one such client uses all memory, and the server ends.',
    hint: 'While many bytes wait to be sent to a client, do not read from that client.',
    run: async attempt => {
      const server = await attempt.start();
      const deaf = await connectDeaf(server);
      const before = server.resourceUsage().residentMiB;
      const sent = await flood(deaf, FLOOD_CHUNK, FLOOD_BYTES);
      expectGrowth(server, before, MOST_GROWTH_MIB, `${sent} MiB from a client that does not read`);
    },
  },
  {
    name: 'bounded-message',
    roles: CALCULATORS,
    level: 'robustness',
    linuxOnly: true,
    exclusive: true,
    asks: 'A message without an end does not fill the memory.',
    why: 'Otherwise one client that sends bytes without a line end uses all memory.',
    hint: 'Limit the buffer that collects a message. Beyond the limit, reply with an error and discard the rest.',
    run: async attempt => {
      const server = await attempt.start();
      const { connection } = await server.connectServed();
      const before = server.resourceUsage().residentMiB;
      const sent = await flood(connection, ENDLESS_CHUNK, ENDLESS_BYTES);
      expectGrowth(server, before, ENDLESS_GROWTH_MIB, `${sent} MiB without a line end`);
      if (!server.program.ended) return;
      throw new Failure({
        sent: `${sent} MiB without a line end`,
        expected: 'that the server still runs',
        got: 'its end',
      });
    },
  },
];

/** One visitor after the other. @returns how many there were in the time. */
async function visit(server: RunningServer, most: number): Promise<number> {
  const until = Date.now() + VISITS_MS;
  let visits = 0;
  for (; visits < most && Date.now() < until; visits++) {
    const visitor = await server.connectNext();
    visitor.connection.close();
  }
  return visits;
}

async function expectIdle(server: RunningServer, sent: string): Promise<void> {
  await delay(CPU_MS / 5);
  const before = server.resourceUsage().cpuSeconds;
  await delay(CPU_MS);
  const used = (server.resourceUsage().cpuSeconds - before) / (CPU_MS / 1000);
  if (used < MOST_CPU) return;
  const got = `${Math.round(used * 100)} % of a CPU`;
  throw new Failure({ sent, expected: 'a server that uses no CPU time', got });
}

/** Connects a client that never reads. It is served once, so that its thread, if any, exists. */
async function connectDeaf(server: RunningServer): Promise<TcpConnection> {
  const { connection } = await server.connectServed();
  connection.socket.pause();
  return connection;
}

/** Sends until all is sent, or there is no more progress, or the time is over. @returns MiB sent. */
async function flood({ socket }: TcpConnection, chunk: Buffer, bytes: number): Promise<number> {
  const until = Date.now() + FLOOD_MS;
  let sent = 0;
  let progress = Date.now();
  while (sent < bytes && Date.now() < Math.min(until, progress + STUCK_MS) && !socket.destroyed) {
    if (socket.writableLength < chunk.length) {
      socket.write(chunk);
      sent += chunk.length;
      progress = Date.now();
    }
    await delay(socket.writableNeedDrain ? 1 : 0);
  }
  return Math.round((sent - socket.writableLength) / 1024 / 1024);
}

function expectGrowth(server: RunningServer, before: number, most: number, sent: string): void {
  const growth = Math.round(server.resourceUsage().residentMiB - before);
  if (growth <= most) return;
  throw new Failure({ sent, expected: `at most ${most} MiB more memory`, got: `${growth} MiB` });
}
