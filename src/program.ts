/**
 * Lets each of the five programs in src/ be started directly: `node src/server1.ts 127.0.0.1 5000` takes
 * the same arguments as `calcd server1`, and does the same.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Runs the command line (cli.ts) if this program is the one that Node was started with.
 * @param url the program's import.meta.url; its file has the name of its command.
 */
export function runIfStarted(url: string): void {
  // Not awaited: the command imports the program, which must be evaluated first.
  if (startedFile() === fileURLToPath(url)) void import('./cli.ts');
}

/** The arguments of calcd. For a program that was started directly, its name comes first. */
export function commandLine(): readonly string[] {
  const words = process.argv.slice(2);
  const started = startedFile() ?? '';
  const name = basename(started, extname(started));
  return name === 'client' || /^server[1-4]$/.test(name) ? [name, ...words] : words;
}

/** Without links, and with the `.ts` that tsx does not need; undefined for `node -e CODE WORD`. */
function startedFile(): string | undefined {
  const [, started = ''] = process.argv;
  const file = [started, `${started}.ts`].find(existsSync);
  return file && realpathSync(file);
}
