/** The programs of a submission: server1 to server4 and client, found by name in a directory. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { ROLES, type Role } from '../check.ts';
import type { Command } from './tested-program.ts';

/** To compile one file. */
const BUILD_MS = 60_000;

const ADDRESS = ['{ip}', '{port}'];

export interface Submission {
  readonly programs: readonly { readonly role: Role; readonly command: Command }[];
  /** Programs that are missing or could not be built, and why. */
  readonly notes: readonly string[];
  /** Removes the programs that were built. */
  cleanUp(): void;
}

type Launcher = (file: string, builds: string) => string[] | string;

/** The words that start a file, or the reason why it cannot be started. */
const LAUNCHERS: Record<string, Launcher> = {
  '.py': file => ['python3', file],
  '.js': file => ['node', file],
  '.mjs': file => ['node', file],
  '.cjs': file => ['node', file],
  '.ts': typeScript,
  '.c': (file, builds) => build('cc', file, builds),
  '.cpp': (file, builds) => build('c++', file, builds),
  '.cc': (file, builds) => build('c++', file, builds),
  '': file => (isExecutable(file) ? [file] : 'not executable'),
};

export function findSubmission(directory: string): Submission {
  const root = resolve(directory);
  const files = readdirSync(root)
    .map(name => join(root, name))
    .filter(isFile);
  const builds = mkdtempSync(join(tmpdir(), 'calcd-check-'));
  const programs: { role: Role; command: Command }[] = [];
  const notes: string[] = [];
  for (const role of ROLES) {
    const words = launch(role, files, builds);
    if (typeof words === 'string') notes.push(`${role}: ${words}`);
    else programs.push({ role, command: { words: [...words, ...ADDRESS], directory: root } });
  }
  return { programs, notes, cleanUp: () => rmSync(builds, { recursive: true, force: true }) };
}

/** Finds the first file of that name that can be started. @returns its words, or the reason. */
function launch(role: Role, files: readonly string[], builds: string): string[] | string {
  let reason = 'not found';
  for (const [extension, launcher] of Object.entries(LAUNCHERS)) {
    const file = files.find(
      name => extname(name) === extension && basename(name, extension).toLowerCase() === role,
    );
    if (!file) continue;
    const words = launcher(file, builds);
    if (typeof words !== 'string') return words;
    reason = `${basename(file)}: ${words}`;
  }
  return reason;
}

/** Node runs TypeScript from 22.18 on. An older Node needs tsx. */
function typeScript(file: string): string[] | string {
  if ('typescript' in process.features && process.features.typescript)
    return [process.execPath, file];
  const { status } = spawnSync('tsx', ['--version'], { stdio: 'ignore' });
  return status === 0 ? ['tsx', file] : 'needs Node 22.18, or tsx';
}

function build(compiler: string, file: string, builds: string): string[] | string {
  const program = join(builds, basename(file, extname(file)));
  const words = ['-O1', '-pthread', '-o', program, file, '-lm'];
  const { error, status, stderr } = spawnSync(compiler, words, { timeout: BUILD_MS });
  if (error) return `${compiler} is not installed`;
  return status === 0 ? [program] : `${compiler} failed: ${String(stderr).split('\n')[0]}`;
}

/** A broken or circular symbolic link is not a file. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
