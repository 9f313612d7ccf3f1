/**
 * Every wait in the check has an end, whatever the program does. Each deadline is many times what a
 * correct program needs, so that no program fails because the machine is busy. Together they are
 * short enough for a run of half a minute.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** To start. Interpreters and virtual machines take time. */
export const START_MS = 10_000;

/** To accept a connection. */
export const CONNECT_MS = 2000;

/** To reply. */
export const REPLY_MS = 2000;

/** To serve the next client after one has disconnected. */
export const NEXT_CLIENT_MS = 6000;

/** To end after Ctrl+C. */
export const INTERRUPT_MS = 4000;

/** After this silence, bytes without a line end are a whole reply. */
export const PAUSE_MS = 40;

/** To send a greeting after connecting. */
export const GREETING_MS = 200;

/** To an unterminated message, before a line end follows it. */
export const BARE_MS = 1000;

/** For one whole check. */
export const CHECK_MS = 20_000;

const POLL_MS = 10;

/** Polls until the condition holds. @returns whether it did, in time. */
export async function eventually(
  condition: () => boolean,
  milliseconds: number,
  pollMs = POLL_MS,
): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > until) return false;
    await delay(pollMs);
  }
  return true;
}

/** @returns the value of the promise, or undefined when it does not come in time. */
export async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
