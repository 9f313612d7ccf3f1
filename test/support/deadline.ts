/** Every wait in the tests has an end. */

/** Long enough for two hundred threads on a busy machine. A test that passes never waits for it. */
export const DEADLINE_MS = 60_000;

/** The value of a promise, or an error that says what did not come in time. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  milliseconds = DEADLINE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not within ${milliseconds} ms: ${what}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until the answer is yes. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  milliseconds = DEADLINE_MS,
): Promise<void> {
  const until = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
