/**
 * An item of the check: one thing a program must or should do, whose words ask for it, and what a
 * learner should know when it does not. The items themselves are in items/.
 */

export const SERVER_ROLES = ['server1', 'server2', 'server3', 'server4'] as const;
export const ROLES = [...SERVER_ROLES, 'client'] as const;

export type ServerRole = (typeof SERVER_ROLES)[number];
export type Role = (typeof ROLES)[number];

/** `required` are the assignment's own words, `real server` what faults ask of any server. */
export const LEVELS = ['required', 'real server', 'optional'] as const;
export type Level = (typeof LEVELS)[number];

export interface About {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly level: Level;
  /** What is asked for; the assignment's own words in quotation marks. */
  readonly asks: string;
  /** Why it matters, in a sentence. */
  readonly why: string;
  /** What to look at in one's program. */
  readonly look: string;
  /** The number this has on the graders' list. */
  readonly graders?: Partial<Record<Role, string>>;
  /** Items without which this one tells nothing: when one of them fails, it is left out. */
  readonly needs?: readonly string[];
  /** It leaves a sound program as it found it: it may be tried on one that others have used. */
  readonly shares?: boolean;
  /** It loads the machine: nothing else runs meanwhile, whose clock it would disturb. */
  readonly alone?: boolean;
  /** It looks into /proc. */
  readonly linuxOnly?: boolean;
}

export interface Item<Trial> extends About {
  /** Resolves when the program passes; throws a Failure when it does not. */
  run(trial: Trial): Promise<void>;
}
