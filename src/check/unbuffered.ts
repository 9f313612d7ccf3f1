/**
 * Programs in C hold back what they print into a pipe. stdbuf, where it is installed, makes them
 * print line by line as on a terminal. Only where output is looked at: it loads a library into the
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
    const { status } = spawnSync('stdbuf', ['-oL', 'true'], { stdio: 'ignore' });
    prefix = status === 0 ? ['stdbuf', '-oL', '-eL'] : [];
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
