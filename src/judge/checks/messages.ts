/** Messages of every kind: each gets a reply, and the client may go on. */
import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attempt } from '../attempt/attempt.ts';
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import { TcpConnection } from '../attempt/tcp-connection.ts';
import { type Dialect, detectDialect, hasValue, type TestClient } from '../attempt/test-client.ts';
import { CALCULATORS, type Check, SERVER_ROLES } from '../check.ts';
import { Failure, ignoreFailure, rethrow, visible } from '../result.ts';

const INVALID = ['hello', '22 +', '+', '2 2', '4 $ 4', '(1 + 2'];
const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0x80, 0xc3]);

/** Each gives 5555 when it is run as code. None contains 5555, so an error may quote it. */
const CODE = [
  'len("calcd") * 1111',
  '"calcd".__len__() * 1111',
  '"calcd".length * 1111',
  '$(expr 5 \\* 1111)',
  '`expr 5 \\* 1111`',
];
const CODE_RESULT = '5555';
const CODE_MS = 600;

/** For a simple calculator these take years: the power of Python, and the caret of other languages. */
const ENDLESS = ['9**9**9', '9^9^9^9'];
/** For the server to begin its calculation. */
const BEGIN_MS = 100;

/** The first check of every server. @param onDialect gets the dialect in which the program replied. */
export function answers(echoes: boolean, onDialect: (dialect: Dialect) => void): Check<Attempt> {
  return {
    name: 'answers',
    roles: SERVER_ROLES,
    level: 'required',
    asks: '"The server reads the user\'s input from the client socket, evaluates the expression, and sends the result back to the client."',
    why: 'No other check can run when the server does not reply to 22 + 44.',
    hint: 'Use the port from the command line. Call bind, listen, accept, recv and send, in this order.',
    run: async attempt => {
      const { port } = await attempt.startListening();
      const connection = await TcpConnection.open(port, attempt.connections);
      onDialect(await detectDialect(connection, echoes));
    },
  };
}

export const MESSAGES: Check<ServerAttempt>[] = [
  {
    name: 'keeps-talking',
    roles: SERVER_ROLES,
    level: 'required',
    sharesProgram: true,
    asks: '"After replying to one message, the server should then wait to read the next message from the client, as long as the client wishes to chat."',
    why: 'A user wants to send more than one message.',
    hint: 'Call recv and send in a loop that ends when recv returns nothing, and not before.',
    run: attempt =>
      withClient(attempt, async client => {
        for (let count = 0; count < 5; count++) await client.expectService();
      }),
  },
  {
    name: 'invalid-input',
    roles: CALCULATORS,
    level: 'required',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly."',
    why: 'Users make typing errors. The error needs a reply, and so does the next message.',
    hint: 'Catch the error when the text cannot be evaluated, reply with a message, and go on.',
    run: attempt =>
      withClient(attempt, async client => {
        for (const message of INVALID) {
          await client.expectError(message);
          await client.expectService();
        }
      }),
  },
  {
    name: 'division-by-zero',
    roles: CALCULATORS,
    level: 'required',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly."',
    why: 'The expression is well-formed but has no value. This is the classic way to crash a calculator.',
    hint: 'Catch ZeroDivisionError in Python; test the divisor in C, where it raises SIGFPE. Reply with an error and go on.',
    run: attempt =>
      withClient(attempt, async client => {
        await client.expectError('1 / 0');
        await client.expectService();
      }),
  },
  {
    name: 'empty-message',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: 'An empty line gets a reply, and the conversation goes on.',
    why: 'Users press Enter. A client that waits for the reply to an empty line would wait forever.',
    hint: 'Check what an empty text does. It is not the end of the connection: that is a recv of zero bytes.',
    run: attempt =>
      withClient(attempt, async client => {
        await client.askRaw('\n');
        // A server that has received a line end may wait for one after every message.
        await client.expectService({ lineEnd: true });
      }),
  },
  {
    name: 'invalid-bytes',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: 'Bytes that are not text get an error reply, and the conversation goes on.',
    why: 'Any client can send any bytes. Decoding them may raise an error that ends the server or a thread.',
    hint: 'Catch UnicodeDecodeError around decode() in Python, or decode with errors="replace".',
    run: attempt =>
      withClient(attempt, async client => {
        await client.expectError(NOT_UTF8);
        await client.expectService();
      }),
  },
  {
    name: 'line-ends',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['next-client', 'keeps-talking'],
    asks: 'A message may end with LF, with CR LF, or with padding of NUL bytes.',
    why: 'Clients differ: netcat sends LF, telnet sends CR LF, many C programs send a whole padded buffer.',
    hint: 'Remove CR, LF and NUL from the end of a message before you evaluate it.',
    run: async attempt => {
      const server = await attempt.start();
      for (const message of ['20 + 22\n', '20 + 22\r\n', '20 + 22\n'.padEnd(80, '\0')]) {
        const client = await server.connectNext();
        // Twice: what remains of the first message stands before the second.
        for (let count = 0; count < 2; count++) {
          const reply = await client.askRaw(message, '42');
          if (hasValue(reply.toString(), '42')) continue;
          throw new Failure({ sent: visible(message), expected: '42', got: visible(reply) });
        }
        client.connection.close();
      }
    },
  },
  {
    name: 'code-injection',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['next-client'],
    asks: 'What a client sends is calculated, never executed.',
    why: 'A server that evaluates code runs everything a stranger sends: __import__("os").system(…).',
    hint: 'Do not use eval, exec, Function, system or popen. Read the numbers and operators yourself.',
    run: async attempt => {
      const server = await attempt.start();
      for (const code of CODE) {
        const client = await server.connectNext();
        const reply = await client
          .askRaw(client.framed(code), 'anything', CODE_MS)
          .catch(ignoreFailure);
        client.connection.close();
        if (!reply || !hasValue(reply.toString(), CODE_RESULT)) continue;
        const got = `${visible(reply)}: the code was executed`;
        throw new Failure({ sent: code, expected: 'an error', got });
      }
    },
  },
  {
    name: 'endless-calculation',
    roles: CALCULATORS,
    level: 'robustness',
    needs: ['keeps-talking', 'next-client', 'at-once'],
    exclusive: true,
    asks: 'A message that takes very long to calculate does not stop the other clients.',
    why: '9**9**9 has 369 million digits. One client that sends it would block all others.',
    hint: 'Refuse powers, or limit their operands before you calculate. In Python, threads do not help: they share one lock.',
    run: async attempt => {
      const server = await attempt.start();
      const forOne = attempt.role === 'server1';
      const other = forOne ? undefined : await server.connectServed();
      for (const message of ENDLESS) {
        const attacker = forOne ? await server.connectNext() : await server.connect();
        attacker.connection.send(attacker.framed(message));
        await delay(BEGIN_MS);
        if (forOne) attacker.connection.close();
        else await other?.expectService().catch(error => rethrowAfter(message, error));
      }
      await server.connectNext().catch(error => rethrowAfter(ENDLESS.join(', '), error));
    },
  },
];

async function withClient(
  attempt: ServerAttempt,
  talk: (client: TestClient) => Promise<void>,
): Promise<void> {
  const server = await attempt.start();
  await talk(await server.connect());
}

/** Adds what another client had sent before. */
function rethrowAfter(message: string, error: unknown): never {
  return rethrow(error, sent => `${message}, then ${sent} from another client`);
}
