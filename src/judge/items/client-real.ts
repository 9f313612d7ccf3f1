/** What real servers and real users do to a client. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientTrial, RunningClient } from '../client-trial.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../item.ts';
import { REPLY_MS } from '../limits.ts';
import { freePort } from '../port.ts';
import { unbuffered } from '../unbuffered.ts';
import { eventually } from '../waiting.ts';
import { ANSWERS, LINE, startAtPrompt } from './client-required.ts';
import { expectCleanFailure } from './endings.ts';

const ROLES = ['client'] as const;

/** For a client to notice, say so and end. */
const NOTICE_MS = 4000;
/** A user who thinks between two lines. */
const THINKS_MS = 200;

const SAYS_LOST = /clos|lost|error|disconnect|reset|broken|gone|left|down|fail|ended/i;
/** More than any client has to say in a few seconds. */
const MOST_OUTPUT = 64 * 1024;

const LONG_REPLY = `9${'1234567890'.repeat(30)}`;

export const CLIENT_REAL: Item<ClientTrial>[] = [
  {
    name: 'refused',
    roles: ROLES,
    level: 'real server',
    asks: 'Where nobody listens, it says so in a message of its own and exits with a code other than 0.',
    why: 'It is the first thing every user meets: the server has not been started.',
    look: 'a catch around connect that prints one line and exits with 1.',
    run: async trial => {
      const port = await freePort();
      const program = trial.launch({ port, typed: true, prefix: unbuffered(trial.command) });
      await expectCleanFailure(program, 'the start, with a port where nobody listens');
    },
  },
  {
    name: 'server-leaves',
    roles: ROLES,
    level: 'real server',
    asks: 'When the server goes away while a reply is due, it says so or ends.',
    why: 'Else the user waits for ever, or sees an empty reply and takes it for one.',
    look: 'recv that returns nothing: that is the end of the connection.',
    run: async trial => {
      const client = await trial.start();
      await client.typeAndReceive(LINE);
      await expectNotice(client, 'the end of the connection while a reply is due');
    },
  },
  {
    name: 'server-leaves-at-prompt',
    roles: ROLES,
    level: 'real server',
    needs: ['shows-replies', 'server-leaves'],
    asks: 'When the server goes away at the prompt, the next line meets a message or the end.',
    why: 'The first send to a server that has left succeeds: only recv, or the next send, tells.',
    look: 'errors of send and recv, and recv that returns nothing.',
    run: async trial => {
      const client = await trial.start();
      await client.round(LINE, ANSWERS[0]);
      await expectNotice(client, 'the end of the connection at the prompt, then two lines', LINE);
    },
  },
  {
    name: 'end-of-input',
    roles: ROLES,
    level: 'real server',
    asks: 'At the end of its input (Ctrl+D, or a pipe that ends) it ends.',
    why: 'Some flood the server with thousands of empty lines a second.',
    look: 'what reading returns at the end: EOFError in Python, NULL from fgets in C.',
    run: async trial => {
      const client = await startAtPrompt(trial);
      client.program.endInput();
      if (await client.program.endsWithin(NOTICE_MS)) return;
      const { length } = client.connection;
      throw new Failure({
        sent: 'the end of the input',
        expected: 'the end of the program',
        came: length > 0 ? `a flood of ${length} bytes` : 'it still runs',
      });
    },
  },
  {
    name: 'empty-line',
    roles: ROLES,
    level: 'real server',
    needs: ['goes-on'],
    asks: 'An empty line does not end the chat.',
    why: 'To send zero bytes is to send nothing: there will be no reply, and a client that waits for it hangs.',
    look: 'what is sent for an empty line: a line end, or nothing and no wait either.',
    run: async trial => {
      const client = await trial.start();
      client.program.type('\n');
      const { connection } = client;
      if (await connection.until(() => connection.length > 0, THINKS_MS)) {
        client.reply('error: empty expression');
        await client.shows('empty expression', REPLY_MS);
      }
      await client.round(LINE, ANSWERS[0]);
    },
  },
  {
    name: 'greeting',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'A server that greets does not leave it one reply behind.',
    why: 'Who takes the greeting for the first reply shows every answer under the next question.',
    look: 'what has come before a line is sent: show it first.',
    run: async trial => {
      const client = await trial.start();
      client.reply('Welcome to the calculator!');
      await delay(THINKS_MS);
      await client.round(LINE, ANSWERS[0]);
    },
  },
  {
    name: 'long-reply',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'A reply of 300 characters is shown whole.',
    why: 'What does not fit a small buffer is shown under the next question.',
    look: 'the size given to recv; replies end at a line end, or at a pause.',
    run: async trial => (await trial.start()).round(LINE, LONG_REPLY),
  },
  {
    name: 'terminal-safe',
    roles: ROLES,
    level: 'optional',
    needs: ['shows-replies'],
    asks: 'Escape sequences in a reply do not reach the terminal.',
    why: 'A server could else rewrite what the user sees, and the title of his window.',
    look: 'control characters in a reply: leave them out, or show them escaped.',
    run: async trial => {
      const client = await trial.start();
      await client.typeAndReceive(LINE);
      client.reply(`\x1b]0;owned\x07${ANSWERS[0]}`);
      await client.expectShown(ANSWERS[0], 'a reply that sets the title of the window');
      if (!client.program.output.includes('\x1b]0;owned')) return;
      throw new Failure({
        sent: 'a reply that sets the title of the window',
        expected: 'that it is shown without the escape sequence',
        came: 'the escape sequence, as it was',
      });
    },
  },
];

/** The server leaves; then a line or two are typed where one is given. */
async function expectNotice(client: RunningClient, sent: string, line?: string): Promise<void> {
  const { program, connection } = client;
  const { total } = program.stdout;
  const before = program.output.length;
  connection.close();
  for (let count = 0; line !== undefined && count < 2; count++) {
    await delay(THINKS_MS);
    program.type(`${line}\n`);
  }
  const noticed = (): boolean =>
    program.ended !== undefined || SAYS_LOST.test(program.output.slice(before));
  const isNoticed = await eventually(noticed, NOTICE_MS);
  const output = program.stdout.total - total;
  if (isNoticed && output < MOST_OUTPUT) return;
  const silence = output === 0 ? 'nothing' : 'no such message, and it runs on';
  const came = output < MOST_OUTPUT ? silence : `a flood of ${output} bytes`;
  throw new Failure({ sent, expected: 'a message that says so, or the end of the program', came });
}
