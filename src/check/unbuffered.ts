/**
 * Programs in C hold back what they print into a pipe. stdbuf, where it is installed, makes them
 * print line by line as on a terminal. Only where output is looked at: it loads a library into the
 * program, which those built with a sanitizer refuse.
 */
import { spawnSync } from 'node:child_process';

let prefix: readonly string[] | undefined;

/** Words to put before a program's own. */
export function unbuffered(): readonly string[] {
  if (!prefix) {
    const { status } = spawnSync('stdbuf', ['-oL', 'true'], { stdio: 'ignore' });
    prefix = status === 0 ? ['stdbuf', '-oL', '-eL'] : [];
  }
  return prefix;
}
