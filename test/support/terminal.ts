import { execPath } from 'node:process';
import type { TestContext } from 'node:test';
import { type Calcd, CLI, run } from './calcd.ts';
import { unlessInstalled } from './installed.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Why tests at a terminal must be skipped, or false. */
export const unlessTerminals: string | false = unlessInstalled('script', '--version');

export const BACKSPACE = '\x7f';
export const CTRL_A = '\x01';
export const CTRL_C = '\x03';
export const CTRL_D = '\x04';
export const CTRL_E = '\x05';
export const CTRL_L = '\x0c';
export const CTRL_Z = '\x1a';
export const LEFT = '\x1b[D';
export const UP = '\x1b[A';

interface Settings {
  readonly columns?: number;
  /** Where the client keeps its history; of its own by default. */
  readonly stateFolder?: string;
  readonly env?: Record<string, string>;
}

/** Runs calcd with these words, without colours unless the environment is told; the exit code is its own. */
export function atTerminal(
  test: TestContext,
  words: readonly string[],
  { columns = 80, stateFolder = temporaryFolder(test), env = { NO_COLOR: '1' } }: Settings = {},
): Calcd {
  const command = [execPath, CLI, ...words].map(word => `'${word}'`).join(' ');
  const sized = `stty columns ${columns} rows 24; exec ${command}`;
  const { NO_COLOR: _, ...inherited } = process.env;
  return run(test, ['script', '-qefc', sized, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm', XDG_STATE_HOME: stateFolder, ...env },
  });
}
