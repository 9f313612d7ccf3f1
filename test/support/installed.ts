/** Whether programs that some tests need are on this machine: a reason to skip, or false. */
import { spawnSync } from 'node:child_process';

/** @returns why a test that needs the program must be skipped, or false. */
export function unlessInstalled(program: string, ...probe: string[]): string | false {
  const { error, status } = spawnSync(program, probe, { stdio: 'ignore' });
  return error || status !== 0 ? `${program} is not installed or cannot run here` : false;
}

export const unlessLinux: string | false =
  process.platform === 'linux' ? false : 'reads /proc, which only Linux has';
