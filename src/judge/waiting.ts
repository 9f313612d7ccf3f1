/** Waiting with an end: whatever a program does or does not do, the check goes on. */
import { setTimeout as delay } from 'node:timers/promises';

/** How often something is looked at that does not announce itself. */
const LOOK_MS = 10;

/** Looks again and again until it is so. @returns whether it was, within the time. */
export async function eventually(
  isSo: () => boolean,
  milliseconds: number,
  every = LOOK_MS,
): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!isSo()) {
    if (Date.now() > until) return false;
    await delay(every);
  }
  return true;
}

/** The value of a promise, or undefined when it does not come in time. */
export async function inTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
