/**
 * The items of `calcd check` for a server of ours that runs already. What the kit asks of anybody's
 * server is defined there once, and is the first part of the contract of our own.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execPath } from 'node:process';
import type { Dialect } from '../../src/judge/dialect.ts';
import type { Item, ServerRole } from '../../src/judge/item.ts';
import { SERVER_ITEMS } from '../../src/judge/items/servers.ts';
import { type Problem, runItem } from '../../src/judge/outcome.ts';
import { ServerTrial } from '../../src/judge/server-trial.ts';
import { CLI } from '../support/calcd.ts';

/** Items that are not asked here, and what asks for more. */
const ASKED_ELSEWHERE: Record<string, string> = {
  display: 'the words that are shown are tested below',
  'port-in-use': 'the message is tested below',
  'port-in-use-cleanly': 'the message is tested below',
  'ctrl-c': 'the replies due are tested below',
  'ctrl-c-while-serving': 'the replies due are tested below',
  'bounded-message': 'faults.test.ts sends more',
  restart: 'needs servers of its own: see below',
};

/** The same for server2, whose clients cost a thread each. */
const ASKED_OF_THREADS_ELSEWHERE: Record<string, string> = {
  'many-clients': 'faults.test.ts has forty at once, each with a sum of its own',
  leaks: 'faults.test.ts counts after each fault, and after clients by the dozen',
};

/** Messages end with LF: to wait for pauses takes longer, and is tested apart. */
function dialectOf(role: ServerRole): Dialect {
  const echoes = role === 'server4';
  return {
    echoes,
    lineEnd: true,
    greets: false,
    repliesInLines: !echoes,
    usualReply: Buffer.from(echoes ? '' : '66\n'),
  };
}

export function itemsFor(role: ServerRole): Item<ServerTrial>[] {
  const ofRole = SERVER_ITEMS.filter(({ roles }) => roles.includes(role));
  const elsewhere = role === 'server2' ? ASKED_OF_THREADS_ELSEWHERE : {};
  return ofRole.filter(({ name }) => !(name in ASKED_ELSEWHERE || name in elsewhere));
}

export const RESTART = SERVER_ITEMS.find(({ name }) => name === 'restart') as Item<ServerTrial>;

/** A trial that starts the server itself. */
export function trialOf(role: ServerRole): ServerTrial {
  const words = [execPath, CLI, role, '--quiet', '{ip}', '{port}'];
  return new ServerTrial({ words }, role, dialectOf(role));
}

/** A busy machine makes replies late, and not that often in a row. */
const MOST_TRIES = 5;

/**
 * Tries an item, and again when something was late: the check's deadlines are for a machine of one's
 * own, and other tests run beside these. What is wrong with a server, and not late, may fail once.
 */
export async function assertPasses(
  item: Item<ServerTrial>,
  open: () => ServerTrial,
): Promise<void> {
  let failure: Problem | undefined;
  let notLate = 0;
  for (let tries = 0; tries < MOST_TRIES && notLate < 2; tries++) {
    failure = (await runItem(item, open())).failure;
    if (!failure) return;
    if (!failure.late) notLate++;
  }
  assert.deepEqual(failure, undefined);
}
