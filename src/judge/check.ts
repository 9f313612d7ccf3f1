/**
 * A check: one thing that a program must or should do, the words that ask for it, and what a student
 * needs to know when the program fails it. The checks themselves are in checks/.
 */

export const SERVER_ROLES = ['server1', 'server2', 'server3', 'server4'] as const;
export const ROLES = [...SERVER_ROLES, 'client'] as const;

export type ServerRole = (typeof SERVER_ROLES)[number];
export type Role = (typeof ROLES)[number];

/** The servers that calculate. */
export const CALCULATORS: readonly ServerRole[] = ['server1', 'server2', 'server3'];
/** The servers that serve several clients at the same time. */
export const CONCURRENT: readonly ServerRole[] = ['server2', 'server3', 'server4'];

/**
 * `required`: what the assignment asks for. `robustness`: what every real server or client meets, such
 * as a reset connection. `optional`: what the assignment calls optional.
 */
export const LEVELS = ['required', 'robustness', 'optional'] as const;
export type Level = (typeof LEVELS)[number];

export interface CheckInfo {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly level: Level;
  /** What is asked for. The assignment's own words are in quotation marks. */
  readonly asks: string;
  /** Why it matters, in a sentence. */
  readonly why: string;
  /** What to look for in the program, in whole sentences. */
  readonly hint: string;
  /** The number of this check on the graders' list. */
  readonly graders?: Partial<Record<Role, string>>;
  /** Checks that must pass first. When one of them does not pass, this check is skipped. */
  readonly needs?: readonly string[];
  /** It does not change a correct program, so it may run on one that other checks have used. */
  readonly sharesProgram?: boolean;
  /** It loads the machine and would make other checks too slow, so it runs when no other runs. */
  readonly exclusive?: boolean;
  /** It reads /proc. */
  readonly linuxOnly?: boolean;
}

export interface Check<Attempt> extends CheckInfo {
  /** Resolves when the program passes. Throws a Failure when it does not. */
  run(attempt: Attempt): Promise<void>;
}
