/** TCP carries bytes, not messages. Where one recv ends says nothing about where a message ends. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import { hasValue } from '../attempt/test-client.ts';
import { CALCULATORS, type Check } from '../check.ts';
import { REPLY_MS } from '../program/deadlines.ts';
import { Failure, visible } from '../result.ts';

/** Between two halves of a message, so that they arrive separately. */
const APART_MS = 150;
/** For a second reply that comes shortly after the first. */
const SECOND_REPLY_MS = 300;

/** 2 and 40 with any other characters around them. Bare replies may arrive joined: `240`. */
const BOTH_REPLIES = /^\D*2(\.0+)?\D*40(\.0+)?\D*$/;

export const MESSAGE_FRAMING: Check<ServerAttempt>[] = [
  {
    name: 'two-in-one',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: 'Two lines that arrive together are two messages and get two replies.',
    why: 'TCP may join two messages, so one recv may return several.',
    hint: 'Keep a buffer for each client. Append what recv returns, and take whole lines out of it.',
    run: async attempt => {
      const server = await attempt.start();
      const { connection } = await server.connect();
      connection.send('1 + 1\n20 + 20\n');
      const hasBoth = (): boolean => BOTH_REPLIES.test(connection.received.toString());
      await connection.waitForReply(REPLY_MS);
      if (await connection.waitUntil(hasBoth, SECOND_REPLY_MS)) return;
      throw new Failure({
        sent: visible('1 + 1\n20 + 20\n'),
        expected: 'two replies: 2 and 40',
        got: connection.describe(REPLY_MS),
      });
    },
  },
  {
    name: 'one-in-two',
    roles: CALCULATORS,
    level: 'robustness',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: 'A line that arrives in two pieces is one message and gets one reply.',
    why: 'TCP may split a message, so one recv may return only a part of it.',
    hint: 'Keep a buffer for each client. A message is complete when its line end has arrived.',
    run: async attempt => {
      const server = await attempt.start();
      const client = await server.connect();
      const { connection } = client;
      await client.askRaw('1 + 1\n');
      connection.send('20 ');
      await delay(APART_MS);
      connection.send('+ 22\n');
      await connection.waitForReply(REPLY_MS);
      const reply = await connection.readUntilPause(SECOND_REPLY_MS);
      const text = reply.toString();
      if (hasValue(text, '42') && !text.trimEnd().includes('\n')) return;
      throw new Failure({
        sent: '"20 ", and a moment later "+ 22" and a line end',
        expected: 'one reply: 42',
        got: reply.length > 0 ? visible(reply) : connection.describe(REPLY_MS),
      });
    },
  },
  {
    name: 'long-message',
    roles: CALCULATORS,
    level: 'optional',
    sharesProgram: true,
    asks: 'A message of 4 KB gets a reply.',
    why: 'It is longer than most buffers. A server that reads 1,024 bytes takes the rest for the next message.',
    hint: 'Let the buffer grow, up to a limit.',
    run: async attempt => {
      const server = await attempt.start();
      const client = await server.connect();
      await client.expectValue(`20${' '.repeat(4000)}+ 22`, '42');
    },
  },
];
