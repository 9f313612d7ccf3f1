/** How many clients are served, one after the other or at the same time, and by how many threads. */
import { setTimeout as delay } from 'node:timers/promises';
import { calculate } from '../../calculator/calculate.ts';
import type { RunningServer, ServerAttempt } from '../attempt/server-attempt.ts';
import { EXAMPLE, hasValue, type TestClient } from '../attempt/test-client.ts';
import { type Check, CONCURRENT, SERVER_ROLES } from '../check.ts';
import { eventually, REPLY_MS } from '../program/deadlines.ts';
import { USAGE_POLL_MS } from '../program/operating-system.ts';
import { Failure, ignoreFailure, rethrow, visible } from '../result.ts';

const AT_ONCE = 5;
const MANY = 50;
/** Fifty threads take time on a busy machine. */
const MANY_MS = 18_000;
/** After this time without any reply, the remaining clients will get none either. */
const STUCK_MS = 4000;

/** Clients after a first one. The threads they bring are counted. */
const MORE_CLIENTS = 4;
/** For threads to start. */
const THREADS_MS = 2000;
/** After this time, a server that has started no thread will start none. */
const NO_THREADS_MS = 200;

export const CLIENTS: Check<ServerAttempt>[] = [
  {
    name: 'next-client',
    roles: SERVER_ROLES,
    level: 'required',
    sharesProgram: true,
    graders: { server1: 'T2' },
    asks: '"Once the client is terminated (socket read fails), the server should go back to waiting for another client."',
    why: 'A server must not end with its first client.',
    hint: 'Call accept in a loop. Make sure that nothing in the loop ends it or the program.',
    run: async attempt => {
      const server = await attempt.start();
      for (let count = 0; count < 3; count++) {
        const client = await server.connectNext();
        client.connection.close();
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
    why: 'A second user who sees nothing cannot tell a busy server from a broken one.',
    hint: 'The backlog of listen() lets the second client wait in silence. Close the listening socket while you serve a client, or accept the second client, reply that the server is busy, and close.',
    run: async attempt => {
      const server = await attempt.start();
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
    why: 'A user whose client was refused tries again.',
    hint: 'Check that the server is ready for the next client after it has refused one.',
    run: async attempt => {
      const server = await attempt.start();
      const first = await server.connectServed();
      const second = await server.connect().catch(ignoreFailure);
      await second?.ask(EXAMPLE).catch(ignoreFailure);
      second?.connection.close();
      first.connection.close();
      await server.connectNext();
    },
  },
  {
    name: 'at-once',
    roles: CONCURRENT,
    level: 'required',
    needs: ['keeps-talking'],
    sharesProgram: true,
    graders: { server2: 'T5', server3: 'T8' },
    asks: '"Multiple clients should be able to simultaneously chat with the server."',
    why: 'No client may have to wait until another one sends something or disconnects.',
    hint: 'Find the call in which the server waits while the first client is silent. A recv in the thread that accepts blocks all other clients.',
    run: async attempt => {
      const server = await attempt.start();
      const clients: TestClient[] = [];
      while (clients.length < AT_ONCE) clients.push(await server.connect());
      for (const client of clients.toReversed()) await client.expectService();
      for (const client of clients) await client.expectService();
    },
  },
  {
    name: 'come-and-go',
    roles: CONCURRENT,
    level: 'required',
    needs: ['next-client', 'at-once'],
    sharesProgram: true,
    graders: { server2: 'T6', server3: 'T9' },
    asks: '"It should work fine as clients come and go."',
    why: 'When one client disconnects, the others must stay connected.',
    hint: 'When recv returns nothing, close only that client and remove only that client.',
    run: async attempt => {
      const server = await attempt.start();
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
    why: 'It is the idea of this server. One process per client is accepted too.',
    hint: 'Start a thread after each accept, not one thread for all clients.',
    run: async attempt => {
      const workers = await workersForMoreClients(attempt, THREADS_MS);
      if (workers >= MORE_CLIENTS) return;
      const expected = `${MORE_CLIENTS} more threads or processes`;
      throw new Failure({ sent: SENT_FOR_WORKERS, expected, got: `${workers} more` });
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
    why: 'With select, a server needs no thread or process per client.',
    hint: 'Remove threads, fork and executors. Serve all clients in one loop around select.',
    run: async attempt => {
      const workers = await workersForMoreClients(attempt, NO_THREADS_MS);
      if (workers < MORE_CLIENTS) return;
      const expected = 'no thread or process for each of them';
      const got = `${workers} more threads or processes`;
      throw new Failure({ sent: SENT_FOR_WORKERS, expected, got });
    },
  },
  {
    name: 'many-clients',
    roles: CONCURRENT,
    level: 'robustness',
    needs: ['at-once'],
    exclusive: true,
    asks: `${MANY} clients at the same time all get their own reply.`,
    why: 'In a lesson, fifty students connect in the same second.',
    hint: 'Increase the backlog given to listen(). Check limits on threads or clients, and variables that all clients share.',
    run: async attempt => {
      const server = await attempt.start();
      const clients = await Promise.all(Array.from({ length: MANY }, () => server.connect()));
      let lastReply = Date.now();
      const served = clients.map(async (client, index) => {
        await client
          .expectService({ message: `${index} + ${MANY}`, milliseconds: MANY_MS })
          .catch(error => rethrow(error, sent => `${sent} from one of ${MANY} clients`));
        lastReply = Date.now();
        return true;
      });
      const isStuck = (): boolean => Date.now() - lastReply > STUCK_MS;
      const allServed = Promise.all(served);
      const replies = await Promise.race([allServed, eventually(isStuck, MANY_MS)]);
      if (Array.isArray(replies)) return;
      throw new Failure({
        sent: `a sum from each of ${MANY} clients`,
        expected: 'a reply to each',
        got: `no more replies for ${STUCK_MS / 1000} s`,
        late: true,
      });
    },
  },
];

const SENT_FOR_WORKERS = `${MORE_CLIENTS} more clients, after a first one`;

/** @returns how many threads and processes more clients bring, at least, in this time. */
async function workersForMoreClients(
  attempt: ServerAttempt,
  milliseconds: number,
): Promise<number> {
  const server = await attempt.start();
  await server.connectServed();
  // Whatever starts with the first client, such as a spare thread, must not be counted.
  await delay(NO_THREADS_MS);
  const before = server.resourceUsage().threads;
  for (let count = 0; count < MORE_CLIENTS; count++) await server.connectServed();
  const workers = (): number => server.resourceUsage().threads - before;
  await eventually(() => workers() >= MORE_CLIENTS, milliseconds, USAGE_POLL_MS);
  return workers();
}

/** Every visible error counts: refused, closed, reset, or any text that is not the result. */
async function expectRefusal(server: RunningServer): Promise<void> {
  const expected = 'an error: refused, closed, or a message that reports it';
  const sent = `${EXAMPLE} from a second client`;
  const second = await server.connect().catch(ignoreFailure);
  if (!second) return;
  const { connection } = second;
  // The error message may be here already, so received bytes are not discarded.
  connection.send(second.framed(EXAMPLE));
  const reply = await connection.readUntilPause(REPLY_MS);
  if (reply.length > 0 && !hasValue(reply.toString(), calculate(EXAMPLE))) return;
  if (reply.length === 0 && connection.ended) return;
  const got = reply.length > 0 ? visible(reply) : connection.describe(REPLY_MS);
  throw new Failure({ sent, expected, got });
}
