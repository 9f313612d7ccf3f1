/** What real servers and real users do to a client. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientAttempt, RunningClient } from '../attempt/client-attempt.ts';
import type { Check } from '../check.ts';
import { eventually, REPLY_MS } from '../program/deadlines.ts';
import { freePort } from '../program/operating-system.ts';
import { Failure } from '../result.ts';
import { LINE, REPLIES, startAtPrompt } from './client-assignment.ts';
import { expectCleanFailure } from './lifecycle.ts';

const ROLES = ['client'] as const;

/** For a client to notice the end, to report it and to end itself. */
const NOTICE_MS = 4000;
/** Between two lines, as a user types them. */
const TYPING_MS = 200;

const REPORTS_END = /clos|lost|error|disconnect|reset|broken|gone|left|down|fail|ended/i;
/** More than any client prints in a few seconds. */
const MOST_OUTPUT = 64 * 1024;

const LONG_REPLY = `9${'1234567890'.repeat(30)}`;
const WINDOW_TITLE = '\x1b]0;owned';

export const CLIENT_ROBUSTNESS: Check<ClientAttempt>[] = [
  {
    name: 'refused',
    roles: ROLES,
    level: 'robustness',
    asks: 'When no server listens on the port, the client prints a message of its own and exits with a code other than 0.',
    why: 'Every user meets this first: the server has not been started.',
    hint: 'Catch the error of connect, print one line, and exit with 1.',
    run: async attempt => {
      const port = await freePort();
      const program = attempt.launch({ port, typed: true, unbuffered: true });
      await expectCleanFailure(program, 'a start with a port on which no server listens');
    },
  },
  {
    name: 'server-leaves',
    roles: ROLES,
    level: 'robustness',
    asks: 'When the server closes the connection while a reply is pending, the client reports it or ends.',
    why: 'Otherwise the user waits forever, or takes an empty reply for a real one.',
    hint: 'Handle a recv that returns nothing: it is the end of the connection.',
    run: async attempt => {
      const client = await attempt.start();
      await client.typeAndReceive(LINE);
      await expectNotice(client, 'the end of the connection while a reply is pending');
    },
  },
  {
    name: 'server-leaves-at-prompt',
    roles: ROLES,
    level: 'robustness',
    needs: ['shows-replies', 'server-leaves'],
    asks: 'When the server closes the connection at the prompt, the client reports it after the next line, or ends.',
    why: 'The first send after the end succeeds. Only recv or the next send reports the end.',
    hint: 'Handle errors of send and recv, and a recv that returns nothing.',
    run: async attempt => {
      const client = await attempt.start();
      await client.exchange(LINE, REPLIES[0]);
      await expectNotice(client, 'the end of the connection at the prompt, then two lines', LINE);
    },
  },
  {
    name: 'end-of-input',
    roles: ROLES,
    level: 'robustness',
    asks: 'At the end of its input (Ctrl+D, or the end of a pipe) the client ends.',
    why: 'Some clients flood the server with thousands of empty lines per second.',
    hint: 'Handle the end of input: EOFError in Python, NULL from fgets in C.',
    run: async attempt => {
      const client = await startAtPrompt(attempt);
      client.program.endInput();
      if (await client.program.endsWithin(NOTICE_MS)) return;
      const { length } = client.connection;
      throw new Failure({
        sent: 'the end of the input',
        expected: 'the end of the program',
        got: length > 0 ? `a flood of ${length} bytes` : 'it still runs',
      });
    },
  },
  {
    name: 'empty-line',
    roles: ROLES,
    level: 'robustness',
    needs: ['goes-on'],
    asks: 'After an empty line, the client goes on.',
    why: 'A send of zero bytes sends nothing. No reply will come, and a client that waits for one hangs.',
    hint: 'For an empty line, send a line end. Or send nothing, and do not wait for a reply.',
    run: async attempt => {
      const client = await attempt.start();
      client.program.type('\n');
      const { connection } = client;
      if (await connection.waitUntil(() => connection.length > 0, TYPING_MS)) {
        client.reply('error: empty expression');
        await client.shows('empty expression', REPLY_MS);
      }
      await client.exchange(LINE, REPLIES[0]);
    },
  },
  {
    name: 'greeting',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'When a server greets, the client still shows each reply after its own line.',
    why: 'A client that takes the greeting for the first reply shows every reply one line too late.',
    hint: 'Before you send a line, read and print what has already arrived.',
    run: async attempt => {
      const client = await attempt.start();
      client.reply('Welcome to the calculator!');
      await delay(TYPING_MS);
      await client.exchange(LINE, REPLIES[0]);
    },
  },
  {
    name: 'long-reply',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'A reply of 300 characters is shown whole.',
    why: 'If it does not fit the buffer, its rest is shown as the next reply.',
    hint: 'Do not rely on the size given to recv. Read until a line end or a pause.',
    run: async attempt => (await attempt.start()).exchange(LINE, LONG_REPLY),
  },
  {
    name: 'terminal-safe',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'Escape sequences in a reply do not reach the terminal.',
    why: 'Otherwise a server can change what the user sees, and the title of the window.',
    hint: 'Remove control characters from a reply, or print them escaped.',
    run: async attempt => {
      const client = await attempt.start();
      await client.typeAndReceive(LINE);
      client.reply(`${WINDOW_TITLE}\x07${REPLIES[0]}`);
      await client.expectShown(REPLIES[0], 'a reply that sets the title of the window');
      if (!client.program.output.includes(WINDOW_TITLE)) return;
      throw new Failure({
        sent: 'a reply that sets the title of the window',
        expected: 'that it is shown without the escape sequence',
        got: 'the escape sequence, unchanged',
      });
    },
  },
];

/** Closes the connection and expects a message or the end. @param line typed twice afterwards. */
async function expectNotice(client: RunningClient, sent: string, line?: string): Promise<void> {
  const { program, connection } = client;
  const { total } = program.stdout;
  const before = program.output.length;
  connection.close();
  for (let count = 0; line !== undefined && count < 2; count++) {
    await delay(TYPING_MS);
    program.type(`${line}\n`);
  }
  const hasNoticed = (): boolean =>
    program.ended !== undefined || REPORTS_END.test(program.output.slice(before));
  const isNoticed = await eventually(hasNoticed, NOTICE_MS);
  const output = program.stdout.total - total;
  if (isNoticed && output < MOST_OUTPUT) return;
  const withoutFlood =
    output === 0 ? 'no output, and it still runs' : 'no such message, and it still runs';
  const got = output < MOST_OUTPUT ? withoutFlood : `a flood of ${output} bytes`;
  throw new Failure({
    sent,
    expected: 'a message that reports it, or the end of the program',
    got,
  });
}
