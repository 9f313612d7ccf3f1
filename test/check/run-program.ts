/** Runs the checks on a program of programs/ as `calcd check` does, without starting calcd itself. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Role } from '../../src/judge/check.ts';
import type { ProgramResults } from '../../src/judge/result.ts';
import { runChecks } from '../../src/judge/run.ts';

const INTERPRETERS: Record<string, string> = { py: python(), mjs: process.execPath };

/** The interpreter itself: with pyenv, python3 is a script that takes longer than the interpreter. */
function python(): string {
  const words = ['-c', 'import sys; print(sys.executable)'];
  return spawnSync('python3', words, { encoding: 'utf8' }).stdout?.trim() || 'python3';
}

export function program(file: string): string {
  return fileURLToPath(new URL(`programs/${file}`, import.meta.url));
}

/** The words that start a program of programs/. */
export function words(file: string): string[] {
  const interpreter = INTERPRETERS[file.split('.').at(-1) ?? ''] as string;
  return [interpreter, program(file), '{ip}', '{port}'];
}

/** @param only these checks; all when there are none. */
export function resultsOf(
  role: Role,
  command: readonly string[],
  only: readonly string[] = [],
): Promise<ProgramResults> {
  const isSelected = (name: string): boolean => only.length === 0 || only.includes(name);
  return runChecks(role, { words: command }, isSelected, () => {});
}

/** The names of the checks that failed. */
export function failed({ results }: ProgramResults): string[] {
  return results.filter(({ status }) => status === 'failed').map(({ check }) => check.name);
}
