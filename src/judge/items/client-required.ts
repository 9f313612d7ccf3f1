/** What the assignment asks of the client. */
import type { ClientDialect, ClientTrial, RunningClient } from '../client-trial.ts';
import { Failure, shown } from '../failure.ts';
import type { Item } from '../item.ts';
import { REPLY_MS } from '../limits.ts';
import { eventually } from '../waiting.ts';
import { expectEndOnInterrupt } from './endings.ts';

const ROLES = ['client'] as const;

/** No client can know these by calculating: they have to come from the server. */
export const ANSWERS = ['31415', '27182', '16180'] as const;
export const LINE = '22 + 44';

/** As the assignment's sample session has it; a space behind it is taken for granted. */
const PROMPT = 'Please enter the message to the server:';

/** A reply without a line end is given so long before the line end follows. */
const BARE_MS = 1000;

/** The first item; whether replies need a line end is found out on the way. */
export function connects(learned: (dialect: ClientDialect) => void): Item<ClientTrial> {
  return {
    name: 'connects',
    roles: ROLES,
    level: 'required',
    asks: '"The client then connects to the server, and asks the user for input … The user\'s input is sent to the server via the connected socket."',
    why: 'Nothing else can be tried with a client that does not send what is typed.',
    look: 'the address given on the command line; connect, and send of what was read.',
    run: async trial => {
      const client = await trial.start();
      await client.typeAndReceive(LINE);
      client.reply(ANSWERS[0]);
      if (await client.shows(ANSWERS[0], BARE_MS)) return learned({ lineEnd: false });
      client.connection.send('\n');
      learned({ lineEnd: await client.shows(ANSWERS[0], REPLY_MS) });
    },
  };
}

export const CLIENT_REQUIRED: Item<ClientTrial>[] = [
  {
    name: 'prompts',
    roles: ROLES,
    level: 'required',
    asks: `"asks the user for input": the prompt of the sample session, "${PROMPT}".`,
    why: 'A user, or a program that waits for the prompt, does not know else that it is time to type.',
    look: 'the prompt, printed before each line is read, also into a pipe; in C also fflush(stdout).',
    run: async trial => {
      const { stdout } = (await trial.start()).program;
      if (await eventually(() => stdout.text.includes(PROMPT), REPLY_MS)) return;
      throw new Failure({
        sent: 'the start, and nothing typed yet',
        expected: `"${PROMPT}" on its standard output`,
        came: stdout.total === 0 ? 'no output' : shown(stdout.text),
      });
    },
  },
  {
    name: 'shows-replies',
    roles: ROLES,
    level: 'required',
    asks: '"The client should display the server\'s reply to the user"',
    why: 'It is what the user asked for; what counts is what the server says, not what is right.',
    look: 'recv, and a print of what it returned.',
    run: async trial => (await trial.start()).round(LINE, ANSWERS[1]),
  },
  {
    name: 'goes-on',
    roles: ROLES,
    level: 'required',
    needs: ['shows-replies'],
    asks: '"and prompt the user for the next input, until the user terminates the client program"',
    why: 'A chat of one message is none.',
    look: 'the loop around reading, sending and receiving.',
    run: async trial => {
      const client = await trial.start();
      for (const answer of ANSWERS) await client.round(LINE, answer);
    },
  },
  {
    name: 'shows-errors',
    roles: ROLES,
    level: 'required',
    needs: ['goes-on'],
    asks: '"If the client has sent an invalid input, the server should reply back accordingly. The client should display the server\'s reply to the user"',
    why: 'An error is a reply too, and the next line gets its own.',
    look: 'code that takes every reply for a number.',
    run: async trial => {
      const client = await trial.start();
      await client.round('1 / 0', 'error: division by zero');
      await client.round(LINE, ANSWERS[2]);
    },
  },
  {
    name: 'ctrl-c',
    roles: ROLES,
    level: 'required',
    asks: '"until the user terminates the client program with Ctrl + c"',
    why: 'It is the only way to end it.',
    look: 'handlers of SIGINT, and a catch around everything that also catches KeyboardInterrupt.',
    run: async trial => {
      const { program } = await startAtPrompt(trial);
      await expectEndOnInterrupt(program, ' at the prompt');
    },
  },
  {
    name: 'ctrl-c-while-waiting',
    roles: ROLES,
    level: 'required',
    needs: ['ctrl-c'],
    asks: '"until the user terminates the client program with Ctrl + c", also while a reply is due.',
    why: 'A server that does not answer is when one presses it.',
    look: 'a recv that is tried again when a signal interrupts it.',
    run: async trial => {
      const client = await trial.start();
      await client.typeAndReceive(LINE);
      await expectEndOnInterrupt(client.program, ' while a reply is due');
    },
  },
];

/** After a line and its reply; whether it shows that is another item. */
export async function startAtPrompt(trial: ClientTrial): Promise<RunningClient> {
  const client = await trial.start();
  await client.typeAndReceive(LINE);
  client.reply(ANSWERS[0]);
  await client.shows(ANSWERS[0], REPLY_MS);
  return client;
}
