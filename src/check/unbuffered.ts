/**
 * Programs in C hold back what they print into a pipe. stdbuf, where it is installed, makes them
 * print at once. A terminal would show a prompt, which is no whole line, when a line is read; line by
 * line into a pipe it would not come. Only where output is looked at: it loads a library into the
 * program, which those built with a sanitizer refuse.
 */
import { spawnSync } from 'node:child_process';

let prefix: readonly string[] | undefined;

/** Words to put before a program's own. */
export function unbuffered(): readonly string[] {
  if (!prefix) {
    const { status } = spawnSync('stdbuf', ['-o0', 'true'], { stdio: 'ignore' });
    prefix = status === 0 ? ['stdbuf', '-o0', '-eL'] : [];
  }
  return prefix;
}
