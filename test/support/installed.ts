/**
 * Whether programs that some tests need are on this machine: a reason to skip, or false. With CI=true
 * (.ci/run installs them) a missing one is an error: there nothing is left out without being noticed.
 */
import { spawnSync } from 'node:child_process';

const MUST_BE_INSTALLED = process.env.CI === 'true';

/** @returns why a test that needs the program must be skipped, or false. */
export function unlessInstalled(program: string, ...probe: string[]): string | false {
  const { error, status } = spawnSync(program, probe, { stdio: 'ignore' });
  if (!error && status === 0) return false;
  const reason = `${program} is not installed or cannot run here`;
  if (MUST_BE_INSTALLED) throw new Error(`${reason}, and with CI=true no test is skipped for that`);
  return reason;
}

export const unlessLinux: string | false =
  process.platform === 'linux' ? false : 'reads /proc, which only Linux has';
