/** What the assignment asks of the client. */
import type { ClientAttempt, ClientDialect, RunningClient } from '../attempt/client-attempt.ts';
import type { Check } from '../check.ts';
import { BARE_MS, eventually, REPLY_MS } from '../program/deadlines.ts';
import { Failure, visible } from '../result.ts';
import { expectEndOnInterrupt } from './lifecycle.ts';

const ROLES = ['client'] as const;

/** No client can calculate these: they must come from the server. */
export const REPLIES = ['31415', '27182', '16180'] as const;
export const LINE = '22 + 44';

/** As in the assignment's sample session, where a space follows. */
const PROMPT = 'Please enter the message to the server:';

/** The first check of every client. It also detects whether replies need a line end. */
export function connects(onDialect: (dialect: ClientDialect) => void): Check<ClientAttempt> {
  return {
    name: 'connects',
    roles: ROLES,
    level: 'required',
    asks: '"The client then connects to the server, and asks the user for input … The user\'s input is sent to the server via the connected socket."',
    why: 'No other check can run when the client does not send what the user types.',
    hint: 'Use the address from the command line. Call connect, read a line, and send it.',
    run: async attempt => {
      const client = await attempt.start();
      await client.typeAndReceive(LINE);
      client.reply(REPLIES[0]);
      if (await client.shows(REPLIES[0], BARE_MS)) return onDialect({ lineEnd: false });
      client.connection.send('\n');
      onDialect({ lineEnd: await client.shows(REPLIES[0], REPLY_MS) });
    },
  };
}

export const CLIENT_ASSIGNMENT: Check<ClientAttempt>[] = [
  {
    name: 'prompts',
    roles: ROLES,
    level: 'required',
    asks: `"asks the user for input": the prompt of the sample session, "${PROMPT}".`,
    why: 'Without the prompt, neither a user nor a script knows when to type.',
    hint: 'Print the prompt before you read each line, also into a pipe. In C, call fflush(stdout) too.',
    run: async attempt => {
      const { stdout } = (await attempt.start()).program;
      if (await eventually(() => stdout.text.includes(PROMPT), REPLY_MS)) return;
      throw new Failure({
        sent: 'a start, and nothing typed yet',
        expected: `"${PROMPT}" on its standard output`,
        got: stdout.total === 0 ? 'no output' : visible(stdout.text),
      });
    },
  },
  {
    name: 'shows-replies',
    roles: ROLES,
    level: 'required',
    asks: '"The client should display the server\'s reply to the user"',
    why: 'The user wants to see the reply. The client must show what the server sent, even if it is wrong.',
    hint: 'Call recv, and print what it returned.',
    run: async attempt => (await attempt.start()).exchange(LINE, REPLIES[1]),
  },
  {
    name: 'goes-on',
    roles: ROLES,
    level: 'required',
    needs: ['shows-replies'],
    asks: '"and prompt the user for the next input, until the user terminates the client program"',
    why: 'A user wants to send more than one message.',
    hint: 'Put reading, sending and receiving into a loop.',
    run: async attempt => {
      const client = await attempt.start();
      for (const reply of REPLIES) await client.exchange(LINE, reply);
    },
  },
  {
    name: 'shows-errors',
    roles: ROLES,
    level: 'required',
    needs: ['goes-on'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly. The client should display the server\'s reply to the user"',
    why: 'An error is a reply too, and the next line gets a reply of its own.',
    hint: 'Do not convert the reply to a number. Print it as text.',
    run: async attempt => {
      const client = await attempt.start();
      await client.exchange('1 / 0', 'error: division by zero');
      await client.exchange(LINE, REPLIES[2]);
    },
  },
  {
    name: 'ctrl-c',
    roles: ROLES,
    level: 'required',
    asks: '"until the user terminates the client program with Ctrl + c"',
    why: 'The assignment names no other way to end the client.',
    hint: 'Check handlers of SIGINT, and every except or catch that also catches KeyboardInterrupt.',
    run: async attempt => {
      const { program } = await startAtPrompt(attempt);
      await expectEndOnInterrupt(program, ' at the prompt');
    },
  },
  {
    name: 'ctrl-c-while-waiting',
    roles: ROLES,
    level: 'required',
    needs: ['ctrl-c'],
    asks: '"until the user terminates the client program with Ctrl + c", also while a reply is pending.',
    why: 'Users press Ctrl+C when a server does not reply.',
    hint: 'Do not call recv again when a signal has interrupted it.',
    run: async attempt => {
      const client = await attempt.start();
      await client.typeAndReceive(LINE);
      await expectEndOnInterrupt(client.program, ' while a reply is pending');
    },
  },
];

/** After a line and its reply. Whether the client shows the reply is another check. */
export async function startAtPrompt(attempt: ClientAttempt): Promise<RunningClient> {
  const client = await attempt.start();
  await client.typeAndReceive(LINE);
  client.reply(REPLIES[0]);
  await client.shows(REPLIES[0], REPLY_MS);
  return client;
}
