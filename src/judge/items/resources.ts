/** What a server holds on to: descriptors, threads, memory, processor time. */
import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import { blame, Failure } from '../failure.ts';
import type { Item } from '../item.ts';
import { CENSUS_MS } from '../process-table.ts';
import type { RunningServer, ServerTrial } from '../server-trial.ts';
import { eventually } from '../waiting.ts';
import { CALCULATORS, CONCURRENT, SERVERS } from './roles.ts';

const VISITS = 100;
const FIRST_VISITS = 5;
/** Some servers take long for each client; fewer tell as well. */
const VISITS_MS = 2500;
/** So many visitors may still be on their way out. */
const STILL_LEAVING = 5;
const CLEANED_MS = 3000;

/** A server that waits uses none; one that looks a hundred times a second uses little. */
const WATCHED_MS = 500;
const MOST_CPU = 0.3;

/** What a client sends that never reads: far more than the system's own buffers hold. */
const FLOOD_BYTES = 64 * 1024 * 1024;
const FLOOD_MS = 5000;
/** Nothing more is taken: the flood has filled what there is. */
const STUCK_MS = 500;
/** Another client asks meanwhile, with such pauses. */
const ASKS_EVERY_MS = 250;
/** A long sum has a reply about as long, so that replies pile up as fast as messages. */
const FLOOD_LINE = '99999999999999999999 * 99999999999999999998\n';
const FLOOD_CHUNK = Buffer.from(FLOOD_LINE.repeat(1500));
const MOST_GROWTH_MIB = 32;

const ENDLESS_BYTES = 48 * 1024 * 1024;
const ENDLESS_CHUNK = Buffer.alloc(64 * 1024, '7');
const ENDLESS_GROWTH_MIB = 16;

export const RESOURCES: Item<ServerTrial>[] = [
  {
    name: 'leaks',
    roles: SERVERS,
    level: 'real server',
    needs: ['next-client'],
    linuxOnly: true,
    asks: 'After many clients have come and gone, nothing is left of them.',
    why: 'A server runs for months. A descriptor or thread kept for each client ends it some day.',
    look: 'close() for every socket on every path, also after errors; threads that end; wait for child processes.',
    run: async trial => {
      const server = await trial.start();
      await visit(server, FIRST_VISITS);
      const before = server.census();
      const visits = await visit(server, VISITS);
      const left = (): string[] => {
        const now = server.census();
        return (['descriptors', 'threads', 'processes', 'zombies'] as const)
          .filter(kind => now[kind] - before[kind] > STILL_LEAVING)
          .map(kind => `${now[kind] - before[kind]} ${kind}`);
      };
      if (await eventually(() => left().length === 0, CLEANED_MS, CENSUS_MS)) return;
      throw new Failure({
        sent: `${visits} clients, one after the other`,
        expected: 'nothing left of them',
        came: `${left().join(', ')} more than before`,
      });
    },
  },
  {
    name: 'rests',
    roles: SERVERS,
    level: 'real server',
    linuxOnly: true,
    asks: 'While nobody says anything, it uses no processor time.',
    why: 'A busy loop takes a core from everybody else, and empties batteries.',
    look: 'a socket that has ended but is still selected: it is readable for ever. Or a timeout of zero.',
    run: async trial => {
      const server = await trial.start();
      const chat = await server.connectServed();
      await expectRest(server, 'a client that is connected and silent');
      chat.connection.close();
      await expectRest(server, 'a client that has left');
    },
  },
  {
    name: 'deaf-client',
    roles: CONCURRENT,
    level: 'real server',
    needs: ['at-once'],
    alone: true,
    asks: 'A client that sends and never reads does not stop the others.',
    why: 'Its replies fill the buffers; a send that then waits for it waits for ever, and so do all others.',
    look: 'send or sendall on a blocking socket in a select loop: make sockets non-blocking, keep what does not fit, select for writing.',
    run: async trial => {
      const server = await trial.start();
      const other = await server.connectServed();
      const deaf = await connectDeaf(server);
      let isFlooding = true;
      const flooding = flood(deaf, FLOOD_CHUNK, FLOOD_BYTES).finally(() => {
        isFlooding = false;
      });
      try {
        while (isFlooding) {
          await other.expectService();
          await Promise.race([flooding, delay(ASKS_EVERY_MS)]);
        }
        await other.expectService();
      } catch (error) {
        blame(error, sent => `a flood from a client that does not read; ${sent} from another`);
      } finally {
        await flooding;
      }
    },
  },
  {
    name: 'bounded-replies',
    roles: CONCURRENT,
    level: 'real server',
    needs: ['keeps-talking'],
    linuxOnly: true,
    alone: true,
    asks: 'What it keeps for a client that never reads has a limit.',
    why: 'One such client else takes all the memory, and the server with it.',
    look: 'the list of bytes to be sent: while it is long, do not read from that client.',
    run: async trial => {
      const server = await trial.start();
      const deaf = await connectDeaf(server);
      const before = server.census().residentMiB;
      const sent = await flood(deaf, FLOOD_CHUNK, FLOOD_BYTES);
      expectGrowth(server, before, MOST_GROWTH_MIB, `${sent} MiB from a client that does not read`);
    },
  },
  {
    name: 'bounded-message',
    roles: CALCULATORS,
    level: 'real server',
    linuxOnly: true,
    alone: true,
    asks: 'A message without an end does not fill the memory.',
    why: 'Whoever sends bytes without a line end else takes all the memory.',
    look: 'the buffer in which a message is gathered: past a limit reply with an error, and drop the rest.',
    run: async trial => {
      const server = await trial.start();
      const { connection } = await server.connectServed();
      const before = server.census().residentMiB;
      const sent = await flood(connection, ENDLESS_CHUNK, ENDLESS_BYTES);
      expectGrowth(server, before, ENDLESS_GROWTH_MIB, `${sent} MiB without a line end`);
      if (!server.program.ended) return;
      throw new Failure({
        sent: `${sent} MiB without a line end`,
        expected: 'a server that goes on',
        came: 'its end',
      });
    },
  },
];

/** One visitor after the other. @returns how many there were in the time. */
async function visit(server: RunningServer, most: number): Promise<number> {
  const until = Date.now() + VISITS_MS;
  let visits = 0;
  for (; visits < most && Date.now() < until; visits++) {
    const visitor = await server.serveNewcomer();
    visitor.connection.close();
  }
  return visits;
}

async function expectRest(server: RunningServer, sent: string): Promise<void> {
  await delay(WATCHED_MS / 5);
  const before = server.census().cpuSeconds;
  await delay(WATCHED_MS);
  const used = (server.census().cpuSeconds - before) / (WATCHED_MS / 1000);
  if (used < MOST_CPU) return;
  const came = `${Math.round(used * 100)} % of a processor`;
  throw new Failure({ sent, expected: 'a server that rests', came });
}

type Connection = Awaited<ReturnType<RunningServer['connect']>>['connection'];

async function connectDeaf(server: RunningServer): Promise<Connection> {
  // Served first: what a server allots to each client, such as a thread, is there by then.
  const { connection } = await server.connectServed();
  connection.socket.pause();
  return connection;
}

/** Sends until all is taken, or nothing more is, or the time is over. @returns MiB sent */
async function flood({ socket }: Connection, chunk: Buffer, bytes: number): Promise<number> {
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
  const growth = Math.round(server.census().residentMiB - before);
  if (growth <= most) return;
  throw new Failure({ sent, expected: `at most ${most} MiB more memory`, came: `${growth} MiB` });
}
