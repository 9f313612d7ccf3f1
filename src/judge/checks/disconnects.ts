/** The ways in which a client disconnects. Each may end only that client; the server goes on. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer, ServerAttempt } from '../attempt/server-attempt.ts';
import type { TcpConnection } from '../attempt/tcp-connection.ts';
import { EXAMPLE } from '../attempt/test-client.ts';
import { type Check, SERVER_ROLES } from '../check.ts';
import { REPLY_MS } from '../program/deadlines.ts';
import { Failure, ignoreFailure, rethrow } from '../result.ts';

/** For the disconnect to arrive before what follows it. */
const APART_MS = 30;
const VISITS = 5;

type Disconnect = [how: string, disconnect: (server: RunningServer) => Promise<void>];

const RESETS: readonly Disconnect[] = [
  [
    'a reset in the middle of a message',
    server => sendAndLeave(server, '22 +', connection => connection.reset()),
  ],
  [
    'a reset instead of reading the reply',
    server => sendAndLeave(server, EXAMPLE, connection => connection.reset()),
  ],
  ['a reset right after connecting', async server => (await server.connect()).connection.reset()],
];

const CLOSES: readonly Disconnect[] = [
  [
    'two hundred lines at once from a client that then closes',
    server => sendAndLeave(server, `${EXAMPLE}\n`.repeat(200), connection => connection.close()),
  ],
  [
    'three messages from a client that closes without reading',
    async server => {
      const client = await server.connectNext();
      for (let count = 0; count < 3; count++) {
        client.connection.send(client.framed(EXAMPLE));
        await delay(1);
      }
      client.connection.close();
    },
  ],
];

export const DISCONNECTS: Check<ServerAttempt>[] = [
  {
    name: 'reset',
    roles: SERVER_ROLES,
    level: 'robustness',
    needs: ['next-client', 'keeps-talking', 'come-and-go'],
    asks: 'When the connection of one client is reset, the other clients are still served.',
    why: 'A client that crashes or is killed resets its connection. Then recv fails instead of returning nothing.',
    hint: 'Catch errors of recv and send for each client: ConnectionResetError and BrokenPipeError in Python. In C, ignore SIGPIPE.',
    run: attempt => expectServiceAfter(attempt, RESETS),
  },
  {
    name: 'leaves-early',
    roles: SERVER_ROLES,
    level: 'robustness',
    needs: ['next-client', 'reset'],
    asks: 'When one client disconnects without reading its replies, the other clients are still served.',
    why: 'A send to a client that has disconnected fails. In C it also raises SIGPIPE, which ends the program.',
    hint: 'Catch errors of send. In C, ignore SIGPIPE or pass MSG_NOSIGNAL.',
    run: attempt => expectServiceAfter(attempt, CLOSES),
  },
  {
    name: 'silent-visits',
    roles: SERVER_ROLES,
    level: 'robustness',
    needs: ['next-client'],
    sharesProgram: true,
    asks: 'Clients that connect and disconnect without sending anything do no harm.',
    why: 'Port scanners and health checks do this.',
    hint: 'Check what happens when the first recv returns nothing.',
    run: async attempt => {
      const server = await attempt.start();
      for (let count = 0; count < VISITS; count++) {
        const visitor = await server.connect().catch(ignoreFailure);
        visitor?.connection.close();
      }
      await after(`${VISITS} silent visits`, () => server.connectNext());
    },
  },
  {
    name: 'half-close',
    roles: SERVER_ROLES,
    level: 'robustness',
    sharesProgram: true,
    asks: 'A client that sends its last message and then half-closes gets its reply, and then the end of the connection.',
    why: 'A pipe does this: echo "22 + 44" | nc -N. The client has nothing more to send, but it still reads.',
    hint: 'Close the connection when recv returns nothing, and not before all replies are sent.',
    run: async attempt => {
      const server = await attempt.start();
      const client = await server.connect();
      const { connection } = client;
      connection.send(client.framed(EXAMPLE));
      connection.halfClose();
      await connection.waitUntil(() => connection.ended, REPLY_MS);
      const hasReply = connection.length > 0;
      if (hasReply && connection.ended && !connection.error) return;
      const isOpen = hasReply && !connection.ended;
      throw new Failure({
        sent: `${EXAMPLE}, then a half-close`,
        expected: 'the reply, then the end of the connection',
        got: isOpen ? 'the reply, but not the end' : connection.describe(REPLY_MS),
      });
    },
  },
];

/** After each disconnect the next client is served, and so is one that was there before. */
async function expectServiceAfter(
  attempt: ServerAttempt,
  disconnects: readonly Disconnect[],
): Promise<void> {
  const server = await attempt.start();
  const stays = attempt.role === 'server1' ? undefined : await server.connectServed();
  for (const [how, disconnect] of disconnects) {
    await disconnect(server);
    await delay(APART_MS);
    await after(how, async () => {
      const next = await server.connectNext();
      next.connection.close();
      await stays?.expectService();
    });
  }
}

/** A client that has been served sends a text and disconnects. */
async function sendAndLeave(
  server: RunningServer,
  text: string,
  leave: (connection: TcpConnection) => void,
): Promise<void> {
  const { connection } = await server.connectNext();
  connection.send(text);
  leave(connection);
}

/** A failure in `then` is reported with what happened before. */
async function after(how: string, then: () => Promise<unknown>): Promise<void> {
  await then().catch(error => rethrow(error, sent => `${how}; then ${sent}`));
}
