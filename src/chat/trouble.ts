/** Why a conversation cannot begin or go on: in words, and as the system's code. */
import { getSystemErrorMap } from 'node:util';
import { NAME_ADVICE } from '../host.ts';

export interface Trouble {
  readonly reason: string;
  readonly code: string;
}

export function troubleOf(error: NodeJS.ErrnoException): Trouble {
  const reason = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
  return { reason, code: error.code ?? 'unknown' };
}

const UNREACHABLE = '; check the address, and the network between';

const ADVICE: Record<string, string> = {
  ECONNREFUSED:
    '; start a server there, or check the address; some servers refuse while they serve another client',
  ETIMEDOUT: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENOTFOUND: NAME_ADVICE,
  EAI_AGAIN: NAME_ADVICE,
};

/** What to do about it when there is no connection. */
export function adviceFor({ code }: Trouble): string {
  return ADVICE[code] ?? '';
}
