/**
 * Servers whose descriptors have high numbers, because they inherit others: sets of descriptors are
 * words of bits, and more is done above 256 (the active set) and 1,024 (the FD_SETSIZE of C).
 */
import { RLIMIT_NOFILE } from '../../src/sockets/constants.ts';
import { system } from '../../src/sockets/system-calls.ts';

/** What a server of calcd opens for itself, from the lowest free number on; one more or less in other Nodes. */
const OWN_DESCRIPTORS = 19;

export interface Crowded {
  /** The number around which clients get theirs; 0 for the lowest there are. */
  readonly around: number;
  /** Descriptors to start the server with, so that a few clients come below that number. */
  readonly inherited: number;
  readonly skip: string | false;
}

/** @param belowIt clients whose numbers shall be below. */
export function crowded(belowIt = 3): Crowded[] {
  const room = system.softLimit(RLIMIT_NOFILE);
  return [0, 256, 1024].map(around => ({
    around,
    inherited: Math.max(0, around - OWN_DESCRIPTORS - belowIt),
    skip: room < around + 500 && `this system allows only ${room} descriptors`,
  }));
}
