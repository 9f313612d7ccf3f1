/** The exit code of a process that a signal ends, as in shells: 128 and the signal's number. */
import { constants } from 'node:os';

const SIGNALLED = 128;

export function exitCodeOf(signal: NodeJS.Signals): number {
  return SIGNALLED + constants.signals[signal];
}

/** The number of the signal that an exit code stands for, or undefined. */
export function signalOf(exitCode: number): number | undefined {
  return exitCode > SIGNALLED ? exitCode - SIGNALLED : undefined;
}
