/**
 * The result of a check: passed, failed or skipped. A check that fails throws a Failure, which holds
 * the evidence: what was sent, what was expected, and what the check got.
 */
import { Buffer } from 'node:buffer';
import { printable } from '../terminal/printable.ts';
import { type CheckInfo, LEVELS, type Level, type Role } from './check.ts';
import type { Command } from './program/tested-program.ts';

export interface Evidence {
  readonly sent?: string;
  readonly expected: string;
  readonly got: string;
  /** It did not come in time. A busy machine may be the reason. */
  readonly late?: boolean;
  /** A hint that fits this failure better than the hint of the check. */
  readonly hint?: string;
}

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly evidence: Evidence;

  constructor(evidence: Evidence) {
    super(`expected ${evidence.expected}, got ${evidence.got}`);
    this.evidence = evidence;
  }
}

/** The program could not be started, or it ended or stayed silent before it listened. */
export class NeverListened extends Failure {}

/** Throws a failure again with more in `sent`, for example what was sent before. */
export function rethrow(error: unknown, describeSent: (sent: string) => string): never {
  if (!(error instanceof Failure)) throw error;
  const { sent = '', ...others } = error.evidence;
  throw new Failure({ sent: describeSent(sent), ...others });
}

/** For `.catch()` where the program may fail or not. Any other error is thrown again. */
export function ignoreFailure(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

const START_HINTS: Record<string, string> = {
  ENOENT:
    'Check the name of the program. A name without a / is searched in PATH; ./NAME is a file in this folder.',
  EACCES: 'Make the file executable (chmod +x), or put its interpreter first: python3 server1.py.',
};

/** @param code the system's code for the reason, such as ENOENT. */
export function cannotStart(ended: string, code: string): NeverListened {
  const hint = START_HINTS[code];
  const evidence = {
    sent: 'a start of the program',
    expected: 'that it starts',
    got: `it ${ended}`,
  };
  return new NeverListened({ ...evidence, ...(hint !== undefined && { hint }) });
}

/** Ten or more NULs or spaces in a row, up to the place where `printable` has cut them. */
const PADDING = /(\\x00| )\1{9,}…?/g;

/** Any bytes or text as one printable line. Padding is shortened to its first character. */
export function visible(data: string | Uint8Array): string {
  const bytes = Buffer.from(data as string);
  if (bytes.length === 0) return 'nothing';
  return printable(bytes, 0, bytes.length).replace(PADDING, '$1…');
}

/** The evidence of a failure, and what the program itself said about it. */
export interface FailureDetails extends Evidence {
  readonly late: boolean;
  /** The last lines of the program's standard error. */
  readonly stderr: readonly string[];
  readonly neverListened: boolean;
}

export interface Result {
  readonly check: CheckInfo;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
  readonly failure?: FailureDetails;
  /** What failed in the first attempt, when the second one passed. */
  readonly firstFailure?: FailureDetails;
  readonly milliseconds: number;
}

export function skipped(check: CheckInfo, reason: string): Result {
  return { check, status: 'skipped', reason: `skipped: ${reason}`, milliseconds: 0 };
}

/** The results of all checks of one program. */
export interface ProgramResults {
  readonly role: Role;
  readonly command: Command;
  /** How the program talks, in words. Missing when it did not talk. */
  readonly dialect?: string;
  readonly results: readonly Result[];
}

export interface Score {
  readonly level: Level;
  readonly passed: number;
  readonly of: number;
}

/** The number of checks passed in each level. Skipped checks count as not passed. */
export function scores({ results }: ProgramResults): Score[] {
  return LEVELS.map(level => {
    const ofLevel = results.filter(({ check }) => check.level === level);
    const passed = ofLevel.filter(({ status }) => status === 'passed').length;
    return { level, passed, of: ofLevel.length };
  }).filter(score => score.of > 0);
}

/**
 * No required check failed. A skipped one does not count here: either it needs a required check that
 * failed itself, or it cannot run on this system.
 */
export function passes({ results }: ProgramResults): boolean {
  return !results.some(({ check, status }) => check.level === 'required' && status === 'failed');
}

/** No check could run. */
export function neverListened({ results }: ProgramResults): boolean {
  return results[0]?.failure?.neverListened === true;
}
