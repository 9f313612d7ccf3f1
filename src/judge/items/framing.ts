/** TCP carries bytes, not messages: where one recv ends says nothing about where a message does. */
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, shown } from '../failure.ts';
import type { Item } from '../item.ts';
import { REPLY_MS } from '../limits.ts';
import { says } from '../reply.ts';
import type { ServerTrial } from '../server-trial.ts';
import { CALCULATORS } from './roles.ts';

/** Between two halves of a message: long enough to arrive apart. */
const APART_MS = 150;
/** For a second reply that comes a little behind the first. */
const SECOND_MS = 300;

/** 2 and 40 with anything but digits around: also glued together, as bare replies may arrive. */
const BOTH = /^\D*2(\.0+)?\D*40(\.0+)?\D*$/;

export const FRAMING: Item<ServerTrial>[] = [
  {
    name: 'two-in-one',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['keeps-talking'],
    asks: 'Two lines that arrive together are two messages, with a reply each.',
    why: 'TCP joins what was sent in two pieces: what recv returns may hold several messages.',
    look: 'a buffer for each client: add what recv returns, and take whole lines out of it.',
    run: async trial => {
      const server = await trial.start();
      const { connection } = await server.connect();
      connection.send('1 + 1\n20 + 20\n');
      const both = (): boolean => BOTH.test(connection.received.toString());
      await connection.until(() => connection.length > 0 || connection.ended, REPLY_MS);
      if (await connection.until(both, SECOND_MS)) return;
      throw new Failure({
        sent: shown('1 + 1\n20 + 20\n'),
        expected: '2 and 40, a reply each',
        came: connection.describe(REPLY_MS),
      });
    },
  },
  {
    name: 'one-in-two',
    roles: CALCULATORS,
    level: 'real server',
    shares: true,
    needs: ['keeps-talking'],
    asks: 'A line that arrives in two pieces is one message, with one reply.',
    why: 'TCP splits what was sent at once: what recv returns may be half a message.',
    look: 'a buffer for each client: a message is complete at its line end.',
    run: async trial => {
      const server = await trial.start();
      const chat = await server.connect();
      const { connection } = chat;
      await chat.askAsIs('1 + 1\n');
      connection.send('20 ');
      await delay(APART_MS);
      connection.send('+ 22\n');
      await connection.until(() => connection.length > 0 || connection.ended, REPLY_MS);
      const reply = await connection.untilPause(SECOND_MS);
      const text = reply.toString();
      if (says(text, '42') && !text.trimEnd().includes('\n')) return;
      throw new Failure({
        sent: '"20 ", and a little later "+ 22" and a line end',
        expected: '42, once',
        came: reply.length > 0 ? shown(reply) : connection.describe(REPLY_MS),
      });
    },
  },
  {
    name: 'long-message',
    roles: CALCULATORS,
    level: 'optional',
    shares: true,
    asks: 'A message of 4 KB is answered.',
    why: 'Longer than most buffers: 1,024 bytes are read, and the rest is taken for the next message.',
    look: 'a buffer that grows, up to a limit.',
    run: async trial => {
      const server = await trial.start();
      const chat = await server.connect();
      await chat.expectValue(`20${' '.repeat(4000)}+ 22`, '42');
    },
  },
];
