/** How many clients are served, and by what: one after the other, or many at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { calculate } from '../../calculator/calculate.ts';
import type { Chat } from '../chat.ts';
import { USUAL } from '../dialect.ts';
import { blame, Failure, ignoreFailure, shown } from '../failure.ts';
import type { Item } from '../item.ts';
import { REPLY_MS } from '../limits.ts';
import { CENSUS_MS } from '../process-table.ts';
import { says } from '../reply.ts';
import type { RunningServer, ServerTrial } from '../server-trial.ts';
import { eventually } from '../waiting.ts';
import { CONCURRENT, SERVERS } from './roles.ts';

const AT_ONCE = 5;
const MANY = 50;
/** Fifty threads take their time on a busy machine. */
const MANY_MS = 18_000;
/** A server that has served none of them for so long will not serve the rest. */
const STUCK_MS = 4000;

/** Clients by which threads are counted, after a first one. */
const MORE_CLIENTS = 4;
/** For a server's threads to start. */
const THREADS_MS = 2000;
/** After so long, one that starts none will not start any. */
const NO_THREADS_MS = 200;

export const CLIENTS: Item<ServerTrial>[] = [
  {
    name: 'next-client',
    roles: SERVERS,
    level: 'required',
    shares: true,
    graders: { server1: 'T2' },
    asks: '"Once the client is terminated (socket read fails), the server should go back to waiting for another client."',
    why: 'A server that ends with its first client is not one.',
    look: 'the loop around accept: it must not end, and nothing in it may end the program.',
    run: async trial => {
      const server = await trial.start();
      for (let count = 0; count < 3; count++) {
        const chat = await server.serveNewcomer();
        chat.connection.close();
      }
    },
  },
  {
    name: 'second-client',
    roles: ['server1'],
    level: 'required',
    needs: ['keeps-talking'],
    graders: { server1: 'T3' },
    asks: '"when server1 is engaged with a client, another client that tries to chat with the same server must see an error message"',
    why: 'A second user who sees nothing at all cannot tell a busy server from a broken one.',
    look: 'listen(): its backlog keeps the second client waiting in silence. Close the listening socket while engaged, or accept, say that the server is busy, and close.',
    run: async trial => {
      const server = await trial.start();
      const first = await server.connectServed();
      await expectRefusal(server);
      await first.expectService();
    },
  },
  {
    name: 'second-client-later',
    roles: ['server1'],
    level: 'required',
    needs: ['next-client'],
    asks: '"However, the second client should succeed if the first client has terminated."',
    why: 'Who was turned away tries again.',
    look: 'whether refusing one client leaves the server ready for the next.',
    run: async trial => {
      const server = await trial.start();
      const first = await server.connectServed();
      const second = await server.connect().catch(ignoreFailure);
      await second?.ask(USUAL).catch(ignoreFailure);
      second?.connection.close();
      first.connection.close();
      await server.serveNewcomer();
    },
  },
  {
    name: 'at-once',
    roles: CONCURRENT,
    level: 'required',
    needs: ['keeps-talking'],
    shares: true,
    graders: { server2: 'T5', server3: 'T8' },
    asks: '"Multiple clients should be able to simultaneously chat with the server."',
    why: 'Nobody may have to wait until another client leaves, or says something.',
    look: 'which call the server waits in while the first client is silent: recv in the accepting thread keeps all others out.',
    run: async trial => {
      const server = await trial.start();
      const chats: Chat[] = [];
      while (chats.length < AT_ONCE) chats.push(await server.connect());
      for (const chat of chats.toReversed()) await chat.expectService();
      for (const chat of chats) await chat.expectService();
    },
  },
  {
    name: 'come-and-go',
    roles: CONCURRENT,
    level: 'required',
    needs: ['next-client', 'at-once'],
    shares: true,
    graders: { server2: 'T6', server3: 'T9' },
    asks: '"It should work fine as clients come and go."',
    why: 'One client that leaves must not take the others along.',
    look: 'what is done when recv returns nothing: that client alone is closed and forgotten.',
    run: async trial => {
      const server = await trial.start();
      const stays = await server.connectServed();
      for (let count = 0; count < 5; count++) {
        const visitor = await server.connectServed();
        visitor.connection.close();
        await stays.expectService();
      }
    },
  },
  {
    name: 'worker-per-client',
    roles: ['server2'],
    level: 'required',
    needs: ['at-once'],
    linuxOnly: true,
    graders: { server2: 'T10' },
    asks: '"a multi-threaded server that will create a new thread for every new client request it receives"',
    why: 'It is the idea of this server; a process for each client is taken as well.',
    look: 'whether a thread is started behind each accept, and not one for all.',
    run: async trial => {
      const workers = await workersForMoreClients(trial, THREADS_MS);
      if (workers >= MORE_CLIENTS) return;
      const expected = `${MORE_CLIENTS} more threads or processes`;
      throw new Failure({ sent: SENT_FOR_WORKERS, expected, came: `${workers} more` });
    },
  },
  {
    name: 'single-process',
    roles: ['server3', 'server4'],
    level: 'required',
    needs: ['at-once'],
    linuxOnly: true,
    graders: { server3: 'T10' },
    asks: '"a single process server that uses the "select" method to handle multiple clients concurrently"',
    why: 'The point of select is to do without a thread or process for each client.',
    look: 'threads, fork or an executor: one loop around select serves all.',
    run: async trial => {
      const workers = await workersForMoreClients(trial, NO_THREADS_MS);
      if (workers < MORE_CLIENTS) return;
      const expected = 'no thread or process for each of them';
      const came = `${workers} more threads or processes`;
      throw new Failure({ sent: SENT_FOR_WORKERS, expected, came });
    },
  },
  {
    name: 'many-clients',
    roles: CONCURRENT,
    level: 'real server',
    needs: ['at-once'],
    alone: true,
    asks: `${MANY} clients at once are all served, each with its own reply.`,
    why: 'A lesson for a class is fifty clients that connect in the same second.',
    look: 'the backlog given to listen(), limits on threads or clients, and variables that all clients share.',
    run: async trial => {
      const server = await trial.start();
      const chats = await Promise.all(Array.from({ length: MANY }, () => server.connect()));
      let progress = Date.now();
      const served = chats.map(async (chat, index) => {
        await chat
          .expectService({ message: `${index} + ${MANY}`, milliseconds: MANY_MS })
          .catch(error => blame(error, sent => `${sent} from one of ${MANY} clients`));
        progress = Date.now();
        return true;
      });
      const stuck = (): boolean => Date.now() - progress > STUCK_MS;
      const ended = Promise.all(served);
      const result = await Promise.race([ended, eventually(stuck, MANY_MS)]);
      if (Array.isArray(result)) return;
      throw new Failure({
        sent: `a sum from each of ${MANY} clients`,
        expected: 'a reply to each',
        came: `no more replies for ${STUCK_MS / 1000} s`,
        late: true,
      });
    },
  },
];

const SENT_FOR_WORKERS = `${MORE_CLIENTS} more clients beside a first one`;

/** @returns how many threads and processes more clients bring, at least, within the time. */
async function workersForMoreClients(trial: ServerTrial, milliseconds: number): Promise<number> {
  const server = await trial.start();
  await server.connectServed();
  // What is started with the first client, such as a spare thread, is there by then.
  await delay(NO_THREADS_MS);
  const before = server.census().threads;
  await server.connectServedTimes(MORE_CLIENTS);
  const workers = (): number => server.census().threads - before;
  await eventually(() => workers() >= MORE_CLIENTS, milliseconds, CENSUS_MS);
  return workers();
}

/** Any sign of an error will do: refused, closed, reset, or a text that is not the result. */
async function expectRefusal(server: RunningServer): Promise<void> {
  const expected = 'an error: refused, closed, or a message that says so';
  const sent = `${USUAL} from a second client`;
  const second = await server.connect().catch(ignoreFailure);
  if (!second) return;
  const { connection } = second;
  // A message that says so may have come already.
  connection.send(second.framed(USUAL));
  const reply = await connection.untilPause(REPLY_MS);
  if (reply.length > 0 && !says(reply.toString(), calculate(USUAL))) return;
  if (reply.length === 0 && connection.ended) return;
  const came = reply.length > 0 ? shown(reply) : connection.describe(REPLY_MS);
  throw new Failure({ sent, expected, came });
}
