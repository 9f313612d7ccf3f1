/**
 * The checks of `calcd check`, for a server of ours that runs already. They define what is right for
 * any server, so they are the first part of the contract of our own.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execPath } from 'node:process';
import { runCheck } from '../../src/judge/attempt/attempt.ts';
import { ServerAttempt } from '../../src/judge/attempt/server-attempt.ts';
import type { Dialect } from '../../src/judge/attempt/test-client.ts';
import type { Check, ServerRole } from '../../src/judge/check.ts';
import { SERVER_CHECKS } from '../../src/judge/checks/catalogue.ts';
import type { FailureDetails } from '../../src/judge/result.ts';
import { CLI } from '../support/calcd.ts';

/** Checks that do not run here, and the tests that ask for more. */
const TESTED_ELSEWHERE: Record<string, string> = {
  display: 'the words that are shown are tested below',
  'port-in-use': 'the message is tested below',
  'port-in-use-cleanly': 'the message is tested below',
  'ctrl-c': 'the pending replies are tested below',
  'ctrl-c-while-serving': 'the pending replies are tested below',
  'bounded-message': 'faults.test.ts sends more',
  restart: 'needs servers of its own: see below',
};

/** The same for server2, whose clients cost a thread each. */
const TESTED_FOR_THREADS_ELSEWHERE: Record<string, string> = {
  'many-clients': 'faults.test.ts has forty at once, each with a sum of its own',
  leaks: 'faults.test.ts counts after each fault, and after clients by the dozen',
};

/** Messages end with LF. To wait for pauses takes longer, and is tested apart. */
function dialectOf(role: ServerRole): Dialect {
  const echoes = role === 'server4';
  return {
    echoes,
    lineEnd: true,
    greets: false,
    repliesInLines: !echoes,
    exampleReply: Buffer.from(echoes ? '' : '66\n'),
  };
}

export function checksFor(role: ServerRole): Check<ServerAttempt>[] {
  const ofRole = SERVER_CHECKS.filter(({ roles }) => roles.includes(role));
  const elsewhere = role === 'server2' ? TESTED_FOR_THREADS_ELSEWHERE : {};
  return ofRole.filter(({ name }) => !(name in TESTED_ELSEWHERE || name in elsewhere));
}

export const RESTART = SERVER_CHECKS.find(({ name }) => name === 'restart') as Check<ServerAttempt>;

/** An attempt that starts the server itself. */
export function attemptOf(role: ServerRole): ServerAttempt {
  const words = [execPath, CLI, role, '--quiet', '{ip}', '{port}'];
  return new ServerAttempt({ words }, role, dialectOf(role));
}

/** A busy machine makes replies late, but rarely so often in a row. */
const MOST_ATTEMPTS = 5;

/**
 * Runs a check, and again when something was late: the deadlines of the check are for a machine that
 * does nothing else, and other tests run beside these. A failure that is not late may happen once.
 */
export async function assertPasses(
  check: Check<ServerAttempt>,
  newAttempt: () => ServerAttempt,
): Promise<void> {
  let failure: FailureDetails | undefined;
  let notLate = 0;
  for (let attempts = 0; attempts < MOST_ATTEMPTS && notLate < 2; attempts++) {
    failure = (await runCheck(check, newAttempt())).failure;
    if (!failure) return;
    if (!failure.late) notLate++;
  }
  assert.deepEqual(failure, undefined);
}
