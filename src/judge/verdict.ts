/** What comes out of judging a program, and what that means as a score and an exit code. */
import { LEVELS, type Level, type Role } from './item.ts';
import type { Outcome } from './outcome.ts';
import type { Command } from './program.ts';

/** Whether an item is among those that were asked for. */
export type Selection = (name: string) => boolean;

export interface Judged {
  readonly role: Role;
  readonly command: Command;
  /** How the program speaks, in words; absent when it did not. */
  readonly dialect?: string;
  readonly outcomes: readonly Outcome[];
}

export interface Score {
  readonly level: Level;
  readonly passed: number;
  readonly of: number;
}

/** Items passed per level; those that were left out count as not passed. */
export function scores({ outcomes }: Judged): Score[] {
  return LEVELS.map(level => {
    const ofLevel = outcomes.filter(({ item }) => item.level === level);
    const passed = ofLevel.filter(({ verdict }) => verdict === 'passed').length;
    return { level, passed, of: ofLevel.length };
  }).filter(score => score.of > 0);
}

/**
 * No required item failed. One that was left out has a required item that failed before it, or
 * cannot be judged on this system.
 */
export function passes({ outcomes }: Judged): boolean {
  return !outcomes.some(({ item, verdict }) => item.level === 'required' && verdict === 'failed');
}

/** The program could not be judged at all. */
export function neverListened({ outcomes }: Judged): boolean {
  return outcomes[0]?.failure?.neverListened === true;
}
