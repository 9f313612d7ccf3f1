/** That a client can go on after a message, whatever it was: many messages, wrong ones, empty ones. */
import { Buffer } from 'node:buffer';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chat } from '../chat.ts';
import { blame, Failure, ignoreFailure, shown } from '../failure.ts';
import type { Item } from '../item.ts';
import { says } from '../reply.ts';
import type { ServerTrial } from '../server-trial.ts';
import { CALCULATORS, SERVERS } from './roles.ts';

const INVALID = ['hello', '22 +', '+', '2 2', '4 $ 4', '(1 + 2'];
const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0x80, 0xc3]);

/** Computed, the text says 5555; 5555 itself is not in it, so an error that quotes it is no hit. */
const CODE = [
  'len("calcd") * 1111',
  '"calcd".__len__() * 1111',
  '"calcd".length * 1111',
  '$(expr 5 \\* 1111)',
  '`expr 5 \\* 1111`',
];
const CODE_RAN = '5555';
const CODE_MS = 600;

/** Two that take a naive calculator for ever: Python's power, and the caret of others. */
const ENDLESS = ['9**9**9', '9^9^9^9'];
/** For the server to begin with it. */
const BEGIN_MS = 100;

export const CONVERSATION: Item<ServerTrial>[] = [
  {
    name: 'keeps-talking',
    roles: SERVERS,
    level: 'required',
    shares: true,
    asks: '"After replying to one message, the server should then wait to read the next message from the client, as long as the client wishes to chat."',
    why: 'A chat of one message is none.',
    look: 'the loop around recv and send: it ends when recv returns nothing, and not before.',
    run: trial =>
      talk(trial, async chat => {
        for (let count = 0; count < 5; count++) await chat.expectService();
      }),
  },
  {
    name: 'invalid-input',
    roles: CALCULATORS,
    level: 'required',
    shares: true,
    needs: ['keeps-talking'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly."',
    why: 'A typing error of one user must get an answer, and the next message its own.',
    look: 'what happens when the text cannot be evaluated: catch that, reply with an error, go on.',
    run: trial =>
      talk(trial, async chat => {
        for (const message of INVALID) {
          await chat.expectError(message);
          await chat.expectService();
        }
      }),
  },
  {
    name: 'division-by-zero',
    roles: CALCULATORS,
    level: 'required',
    shares: true,
    needs: ['keeps-talking'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly."',
    why: 'It conforms to the format and has no result: the classic way to take a calculator down.',
    look: 'the division: ZeroDivisionError in Python, SIGFPE in C. Reply with an error, go on.',
    run: trial =>
      talk(trial, async chat => {
        await chat.expectError('1 / 0');
        await chat.expectService();
      }),
  },
  {
    name: 'empty-message',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['keeps-talking'],
    asks: 'An empty line gets a reply, and the conversation goes on.',
    why: 'People press Enter. A client that waits for the reply to an empty line waits for ever.',
    look: 'what an empty text does: it is not the end of the connection, which is zero bytes.',
    run: trial =>
      talk(trial, async chat => {
        await chat.askAsIs('\n');
        // One that has been sent a line end may take nothing else for the end of a message.
        await chat.expectService({ lineEnd: true });
      }),
  },
  {
    name: 'invalid-bytes',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['keeps-talking'],
    asks: 'Bytes that are no text get an error reply, and the conversation goes on.',
    why: 'Anybody can send bytes. To decode them without a catch takes the server or a thread down.',
    look: 'decode(): UnicodeDecodeError in Python. Catch it, or decode with errors="replace".',
    run: trial =>
      talk(trial, async chat => {
        await chat.expectError(NOT_UTF8);
        await chat.expectService();
      }),
  },
  {
    name: 'line-ends',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['next-client', 'keeps-talking'],
    asks: 'A message may end with LF, CR LF, or be padded with NUL bytes.',
    why: 'Clients differ: netcat sends LF, telnet CR LF, programs in C often a whole padded buffer.',
    look: 'what is taken off a message before it is evaluated.',
    run: async trial => {
      const server = await trial.start();
      for (const message of ['20 + 22\n', '20 + 22\r\n', '20 + 22\n'.padEnd(80, '\0')]) {
        const chat = await server.serveNewcomer();
        // Twice: what is left of the first one stands before the second.
        for (let count = 0; count < 2; count++) {
          const reply = await chat.askAsIs(message, '42');
          if (says(reply.toString(), '42')) continue;
          throw new Failure({ sent: shown(message), expected: '42', came: shown(reply) });
        }
        chat.connection.close();
      }
    },
  },
  {
    name: 'code-injection',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['next-client'],
    asks: 'What a client sends is calculated, never executed.',
    why: 'A server that evaluates any code runs whatever a stranger sends: __import__("os").system(…).',
    look: 'eval, exec, Function, system, popen. Read numbers and operators yourself, or allow nothing but them.',
    run: async trial => {
      const server = await trial.start();
      for (const code of CODE) {
        const chat = await server.serveNewcomer();
        const reply = await chat
          .askAsIs(chat.framed(code), 'anything', CODE_MS)
          .catch(ignoreFailure);
        chat.connection.close();
        if (!reply || !says(reply.toString(), CODE_RAN)) continue;
        const came = `${shown(reply)}: the code ran`;
        throw new Failure({ sent: code, expected: 'an error', came });
      }
    },
  },
  {
    name: 'endless-calculation',
    roles: CALCULATORS,
    level: 'real server',
    needs: ['keeps-talking', 'next-client', 'at-once'],
    alone: true,
    asks: 'A message that takes for ever does not stop the other clients.',
    why: '9**9**9 has 369 million digits. Whoever sends it takes the server from everybody else.',
    look: 'powers, and eval: refuse them, or bound their operands before calculating. Threads do not help where one lock is held, as in Python.',
    run: async trial => {
      const server = await trial.start();
      const forOne = trial.role === 'server1';
      const other = forOne ? undefined : await server.connectServed();
      for (const message of ENDLESS) {
        const attacker = forOne ? await server.serveNewcomer() : await server.connect();
        attacker.connection.send(attacker.framed(message));
        await delay(BEGIN_MS);
        if (forOne) attacker.connection.close();
        else await other?.expectService().catch(error => blameMessage(error, message));
      }
      await server.serveNewcomer().catch(error => blameMessage(error, ENDLESS.join(', ')));
    },
  },
];

async function talk(trial: ServerTrial, about: (chat: Chat) => Promise<void>): Promise<void> {
  const server = await trial.start();
  const chat = await server.connect();
  await about(chat);
}

/** Says what another client had sent before. */
function blameMessage(error: unknown, message: string): never {
  return blame(error, sent => `${message}, then ${sent} from another client`);
}
