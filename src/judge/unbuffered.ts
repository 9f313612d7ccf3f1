/**
 * Programs in C hold back what they print into a pipe. stdbuf, where it is installed, makes them
 * print at once. A terminal would show a prompt, which is no whole line, when a line is read; line by
 * line into a pipe it would not come. Only where output is looked at: it loads a library into the
 * program, which those built with a sanitizer refuse.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { Command } from './program.ts';

let prefix: readonly string[] | undefined;

/** Words to put before a program's own: none when it cannot be started, so that the system says why. */
export function unbuffered(command: Command): readonly string[] {
  if (!prefix) {
    const { status } = spawnSync('stdbuf', ['-o0', 'true'], { stdio: 'ignore' });
    prefix = status === 0 ? ['stdbuf', '-o0', '-eL'] : [];
  }
  return canBeStarted(command) ? prefix : [];
}

function canBeStarted({ words: [program = ''], directory = '.' }: Command): boolean {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some(folder => {
    try {
      accessSync(resolve(directory, folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
