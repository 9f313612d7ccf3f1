/** The client's own messages: notices at the prompt, and why a session failed. */
import { NAME_ADVICE } from '../host.ts';
import { type Address, formatAddress } from '../sockets/address.ts';
import type { Exchange } from './client-session.ts';
import type { Failure } from './connector.ts';
import { isError } from './presenter.ts';

/** A user at the prompt gets a notice after this time. */
export const NOTICE_MS = 2000;

export const NOT_CONNECTED_NOTICE = 'not connected yet; press Ctrl+C to quit';

export function retryNotice({ reason }: Failure): string {
  return `${reason}; waiting for a server to start`;
}

/** @param isFirst whether the server has not replied to any line yet. */
export function noReplyNotice(isReceiving: boolean, isFirst: boolean): string {
  const seconds = NOTICE_MS / 1000;
  const busy = isFirst ? '; the server may be busy with another client' : '';
  const what = isReceiving
    ? `the reply is not complete after ${seconds} s`
    : `no reply for ${seconds} s${busy}`;
  return `${what}; press Enter to stop waiting, Ctrl+C to quit`;
}

/** What users type when they want help or want to quit. Most servers reply with an error. */
const ASKS_FOR_HELP = /^\s*(help|\?|quit|exit|bye|q)\s*$/i;

/** @returns what can be typed, if the user wants help or wants to quit and got an error. */
export function helpNotice({ message, reply }: Exchange): string | undefined {
  if (!ASKS_FOR_HELP.test(message) || !isError(reply)) return undefined;
  return 'type an expression, such as 22 + 44; press Ctrl+D or Ctrl+C to quit';
}

export function timeoutFailure(isReceiving: boolean): Failure {
  const what = isReceiving ? 'the reply did not end' : 'the server did not reply';
  return { reason: `${what} in time`, code: 'ETIMEDOUT' };
}

/** Before a line was sent, the end of the connection is a refusal. */
export function refusalOf(failure: Failure): Failure {
  if (failure.code !== 'EOF') return failure;
  return { ...failure, reason: 'the server refused the session and closed the connection' };
}

/** The only failure with advice. */
export const CANNOT_CONNECT = 'cannot connect';

const UNREACHABLE = '; check the address and the network';

const ADVICE: Record<string, string> = {
  ECONNREFUSED:
    '; start a server there, or check the address; some servers refuse while they serve another client',
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOTFOUND: NAME_ADVICE,
  EAI_AGAIN: NAME_ADVICE,
};

/** @param what has failed, in a few words. */
export function failureMessage(what: string, address: Address, failure: Failure): string {
  const { reason, code } = failure;
  const advice = what === CANNOT_CONNECT ? (ADVICE[code] ?? '') : '';
  return `calcd: ${what}: ${formatAddress(address)}: ${reason} (${code})${advice}`;
}
