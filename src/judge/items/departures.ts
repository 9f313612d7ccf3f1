/** The ways a client leaves: each ends that client alone, and the next one is served. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Chat } from '../chat.ts';
import { USUAL } from '../dialect.ts';
import { blame, Failure, ignoreFailure } from '../failure.ts';
import type { Item } from '../item.ts';
import { REPLY_MS } from '../limits.ts';
import type { RunningServer, ServerTrial } from '../server-trial.ts';
import { SERVERS } from './roles.ts';

/** For what was sent to arrive apart from what follows, and to be noticed. */
const APART_MS = 30;
const VISITS = 5;

type Leaving = [how: string, leave: (server: RunningServer) => Promise<void>];

const RESETS: readonly Leaving[] = [
  ['a reset in the middle of a message', server => say(server, '22 +', chat => chat.reset())],
  ['a reset in place of reading the reply', server => say(server, USUAL, chat => chat.reset())],
  ['a reset right after connecting', server => say(server, '', chat => chat.reset())],
];

const CLOSES: readonly Leaving[] = [
  [
    'two hundred lines at once from a client that then closes',
    server => say(server, `${USUAL}\n`.repeat(200), chat => chat.close()),
  ],
  [
    'three messages from a client that closes without reading',
    async server => {
      const chat = await server.serveNewcomer();
      for (let count = 0; count < 3; count++) {
        chat.connection.send(chat.framed(USUAL));
        await delay(1);
      }
      chat.connection.close();
    },
  ],
];

export const DEPARTURES: Item<ServerTrial>[] = [
  {
    name: 'reset',
    roles: SERVERS,
    level: 'real server',
    needs: ['next-client', 'keeps-talking', 'come-and-go'],
    asks: 'A client whose connection is reset is dropped; everybody else is served on.',
    why: 'A client that crashes, or is killed, resets its connection: recv then fails instead of returning nothing.',
    look: 'errors of recv and send (ConnectionResetError, BrokenPipeError; SIGPIPE in C): catch them for each client alone.',
    run: trial => expectServiceAfter(trial, RESETS),
  },
  {
    name: 'leaves-early',
    roles: SERVERS,
    level: 'real server',
    needs: ['next-client', 'reset'],
    asks: 'A client that leaves without reading its replies is dropped; everybody else is served on.',
    why: 'To write to a client that has left fails, and in C raises a signal that ends the program.',
    look: 'errors of send; SIGPIPE, or MSG_NOSIGNAL, in C.',
    run: trial => expectServiceAfter(trial, CLOSES),
  },
  {
    name: 'silent-visits',
    roles: SERVERS,
    level: 'real server',
    needs: ['next-client'],
    shares: true,
    asks: 'Clients that connect and leave without a word do no harm.',
    why: 'Port scanners and health checks do nothing else.',
    look: 'what an empty first recv does.',
    run: async trial => {
      const server = await trial.start();
      for (let count = 0; count < VISITS; count++) {
        const visitor = await server.connect().catch(ignoreFailure);
        visitor?.connection.close();
      }
      await blameOnFailure(`${VISITS} silent visits`, () => server.serveNewcomer());
    },
  },
  {
    name: 'half-close',
    roles: SERVERS,
    level: 'real server',
    shares: true,
    asks: 'A client that has sent its last message and ended its direction gets the reply, then the end.',
    why: 'That is what a pipe does: echo "22 + 44" | nc -N. To be done is not to be gone.',
    look: 'whether the server closes its end when recv returns nothing, and not before replying.',
    run: async trial => {
      const server = await trial.start();
      const chat = await server.connect();
      const { connection } = chat;
      connection.send(chat.framed(USUAL));
      connection.halfClose();
      await connection.until(() => connection.ended, REPLY_MS);
      const replied = connection.length > 0;
      if (replied && connection.ended && !connection.error) return;
      const noEnd = replied && !connection.ended;
      throw new Failure({
        sent: `${USUAL}, then the end of the client's direction`,
        expected: 'the reply, then the end of the connection',
        came: noEnd ? 'the reply, but no end' : connection.describe(REPLY_MS),
      });
    },
  },
];

async function expectServiceAfter(trial: ServerTrial, leavings: readonly Leaving[]): Promise<void> {
  const server = await trial.start();
  const stays = trial.role === 'server1' ? undefined : await server.connectServed();
  for (const [how, leave] of leavings) {
    await leave(server);
    await delay(APART_MS);
    await blameOnFailure(how, async () => {
      const next = await server.serveNewcomer();
      next.connection.close();
      await stays?.expectService();
    });
  }
}

/** A client that was served says something more, and leaves. */
async function say(
  server: RunningServer,
  text: string,
  leave: (connection: Chat['connection']) => void,
): Promise<void> {
  const chat = text === '' ? await server.connect() : await server.serveNewcomer();
  if (text !== '') chat.connection.send(text);
  leave(chat.connection);
}

async function blameOnFailure(how: string, then: () => Promise<unknown>): Promise<void> {
  await then().catch(error => blame(error, sent => `${how}; then ${sent}`));
}
