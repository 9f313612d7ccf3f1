/** Why a program failed an item: what was done to it, what it should have done, and what it did. */
import { Buffer } from 'node:buffer';
import { printable } from '../terminal/printable.ts';

export interface Evidence {
  readonly sent?: string;
  readonly expected: string;
  readonly came: string;
  /** It did not come in time. */
  readonly late?: boolean;
  /** What to look at, where the item itself cannot know. */
  readonly look?: string;
}

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly evidence: Evidence;

  constructor(evidence: Evidence) {
    super(`expected ${evidence.expected}, came ${evidence.came}`);
    this.evidence = evidence;
  }
}

/** Throws a failure again, with what was sent in a wider view; any other error as it is. */
export function blame(error: unknown, widen: (sent: string) => string): never {
  if (!(error instanceof Failure)) throw error;
  const { sent = '', ...others } = error.evidence;
  throw new Failure({ sent: widen(sent), ...others });
}

/** Lets a failure pass where either way will do. */
export function ignoreFailure(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

/** The program could not be started, or ended or stayed silent before it listened. */
export class NeverListened extends Failure {}

const START_ADVICE: Record<string, string> = {
  ENOENT:
    'the name of the program: without a / it is looked for in PATH; ./NAME is a file in this folder.',
  EACCES: 'the permissions (chmod +x), or the interpreter before the name: python3 server1.py',
};

/** The program could not be started, for a reason that the system has a code for. */
export function cannotStart(ended: string, code: string): NeverListened {
  const look = START_ADVICE[code];
  const evidence = { sent: 'the start', expected: 'that it starts', came: `it ${ended}` };
  return new NeverListened({ ...evidence, ...(look !== undefined && { look }) });
}

/** Padding, up to where it may have been cut. */
const PADDING = /(\\x00| )\1{9,}…?/g;

/** Bytes or text on one line, whatever they are; of padding only how it begins. */
export function shown(data: string | Uint8Array): string {
  const bytes = Buffer.from(data as string);
  if (bytes.length === 0) return 'nothing';
  return printable(bytes, 0, bytes.length).replace(PADDING, '$1…');
}
