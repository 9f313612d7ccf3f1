/** `calcd completion SHELL`: a script that completes the words of calcd, made from its commands. */
import type { Command } from 'commander';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { zsh } from './zsh.ts';

const SCRIPTS = { bash, zsh, fish };

export function completion(shell: keyof typeof SCRIPTS, program: Command): string {
  return `${SCRIPTS[shell](program)}\n`;
}
