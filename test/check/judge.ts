/** Judges a program of programs/ as `calcd check` does, without a process of its own for it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkClient } from '../../src/judge/check-client.ts';
import { checkServer } from '../../src/judge/check-server.ts';
import type { Role } from '../../src/judge/item.ts';
import type { Judged } from '../../src/judge/verdict.ts';

const INTERPRETERS: Record<string, string> = { py: python(), mjs: process.execPath };

/** The interpreter itself: where pyenv is installed, python3 is a script that takes longer than it. */
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

/** @param only these items, all when there are none */
export function judge(
  role: Role,
  command: readonly string[],
  only: readonly string[] = [],
): Promise<Judged> {
  const isSelected = (name: string): boolean => only.length === 0 || only.includes(name);
  const ignore = (): void => {};
  return role === 'client'
    ? checkClient({ words: command }, isSelected, ignore)
    : checkServer(role, { words: command }, isSelected, ignore);
}

/** The names of the items that failed. */
export function failed({ outcomes }: Judged): string[] {
  return outcomes.filter(({ verdict }) => verdict === 'failed').map(({ item }) => item.name);
}
