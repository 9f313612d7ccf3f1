/** `calcd completion SHELL`: a script that completes the words of calcd, from its table of commands. */
import { UsageError } from '../arguments.ts';
import { suggestion } from '../suggestion.ts';
import { SHELLS } from '../usage.ts';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { zsh } from './zsh.ts';

const SCRIPTS = { bash, zsh, fish };

/** Throws a UsageError. */
export function completion([shell, ...more]: readonly string[]): string {
  if (shell === undefined) throw new UsageError(`SHELL is missing: ${SHELLS.join(', ')}`);
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`);
  const known = SHELLS.find(name => name === shell);
  if (known) return SCRIPTS[known]();
  throw new UsageError(
    `no completions for '${shell}'${suggestion(shell, SHELLS)}: ${SHELLS.join(', ')}`,
  );
}
