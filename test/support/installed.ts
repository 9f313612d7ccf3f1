/**
 * Whether programs that some tests need are on this machine: a reason to skip, or false. With CI=true
 * a missing one is an error, because .ci/run installs them: there nothing is left out unnoticed.
 */
import { spawnSync } from 'node:child_process';

const MUST_BE_INSTALLED = process.env.CI === 'true';

/**
 * @param probe words with which it ends with 0 where it can do what the test needs: strace, for
 * example, is of no use where one process may not trace another.
 * @returns why a test that needs the program must be skipped, or false.
 */
export function unlessInstalled(program: string, ...probe: string[]): string | false {
  const { error, status } = spawnSync(program, probe, { stdio: 'ignore' });
  if (error) {
    const reason = `${program} is not installed`;
    if (MUST_BE_INSTALLED) throw new Error(`${reason}, and CI=true allows no skip for that`);
    return reason;
  }
  return status !== 0 && `${program} cannot run here: ${[program, ...probe].join(' ')} fails`;
}

export const unlessLinux: string | false =
  process.platform === 'linux' ? false : 'reads /proc, which only Linux has';
