/**
 * How the program wants to be spoken to, found out with its first client: most take the bare text
 * of a message, some wait for a line end. And how it answers: whether it greets, and whether its
 * replies end in a line end.
 */
import { Buffer } from 'node:buffer';
import { calculate } from '../calculator/calculate.ts';
import type { Connection } from './connection.ts';
import { Failure, shown } from './failure.ts';
import { GREETING_MS, REPLY_MS } from './limits.ts';
import { says } from './reply.ts';

/** The message that everything is tried with; the assignment's own example. */
export const USUAL = '22 + 44';

export interface Dialect {
  readonly echoes: boolean;
  /** Messages must end with LF. */
  readonly lineEnd: boolean;
  readonly greets: boolean;
  /** Replies are one line that ends with LF; others end with a pause. */
  readonly repliesInLines: boolean;
  /** The reply to the usual message, byte by byte; empty for an echo. */
  readonly usualReply: Buffer;
}

/** What an unterminated message is given before it is tried with a line end. */
const BARE_MS = 1000;

/** Talks with a program for the first time. Throws a Failure when it does not answer rightly. */
export async function learnDialect(connection: Connection, echoes: boolean): Promise<Dialect> {
  const greets = await connection.until(() => connection.length > 0, GREETING_MS);
  if (greets) await connection.untilPause(GREETING_MS);
  connection.send(USUAL);
  let reply = await connection.untilPause(BARE_MS);
  const lineEnd = reply.length === 0;
  if (lineEnd) {
    connection.send('\n');
    reply = await connection.untilPause(REPLY_MS);
  }
  const expected = echoes ? USUAL : calculate(USUAL);
  const text = reply.toString();
  if (echoes ? text.trim() !== USUAL : !says(text, expected)) {
    const came = reply.length > 0 ? shown(reply) : connection.describe(BARE_MS + REPLY_MS);
    throw new Failure({ sent: `${USUAL}, then a line end`, expected, came });
  }
  return {
    echoes,
    lineEnd,
    greets,
    repliesInLines: !echoes && /^[^\n]*\n$/.test(text),
    usualReply: echoes ? Buffer.alloc(0) : reply,
  };
}

export function describeDialect({ lineEnd, greets, repliesInLines, echoes }: Dialect): string {
  const takes = lineEnd ? 'messages that end with LF' : 'bare text, no line end needed';
  const answers = echoes ? '' : `; replies ${repliesInLines ? 'end with LF' : 'without LF'}`;
  return `${takes}${answers}${greets ? '; greets on connect' : ''}`;
}
