/** What comes of one try of one item: it passes, or why it does not. */
import { Failure, NeverListened, shown } from './failure.ts';
import type { About, Item } from './item.ts';
import { ITEM_MS } from './limits.ts';
import type { Trial } from './trial.ts';
import { eventually, inTime } from './waiting.ts';

const STDERR_LINES = 4;

/** A program that dies closes its sockets first: so long is waited for its end to be reported. */
const ENDING_MS = 200;

type Verdict = 'passed' | 'failed' | 'left out';

export interface Outcome {
  readonly item: About;
  readonly verdict: Verdict;
  /** For an item that was left out. */
  readonly reason?: string;
  readonly failure?: Problem;
  /** Why it failed at first, where a second try passed. */
  readonly firstTry?: Problem;
  readonly milliseconds: number;
}

export interface Problem {
  readonly sent?: string;
  readonly expected: string;
  readonly came: string;
  /** What to look at, in place of what the item says. */
  readonly look?: string;
  /** The last lines of the program's standard error. */
  readonly stderr: readonly string[];
  /** Something did not come in time: a busy machine may be why. */
  readonly late: boolean;
  /** It ended or was silent before it listened. */
  readonly neverListened: boolean;
}

export function leftOut(item: About, reason: string): Outcome {
  return { item, verdict: 'left out', reason, milliseconds: 0 };
}

export async function runItem<T extends Trial>(item: Item<T>, trial: T): Promise<Outcome> {
  const started = Date.now();
  const running = item.run(trial).then(
    () => ({ error: undefined }),
    (error: unknown) => ({ error }),
  );
  const { error } = (await inTime(running, ITEM_MS)) ?? { error: tooLate() };
  if (error !== undefined) await eventually(() => trial.programs.some(isEnded), ENDING_MS);
  const failure = error === undefined ? undefined : describe(error, trial);
  await trial.end();
  const milliseconds = Date.now() - started;
  const verdict = failure ? 'failed' : 'passed';
  return { item, verdict, milliseconds, ...(failure && { failure }) };
}

const isEnded = ({ ended }: { ended: string | undefined }): boolean => ended !== undefined;

function tooLate(): Failure {
  return new Failure({ expected: `an end within ${ITEM_MS / 1000} s`, came: 'none', late: true });
}

function describe(error: unknown, trial: Trial): Problem {
  if (!(error instanceof Failure)) throw error;
  const { sent, expected, came, late = false, look } = error.evidence;
  const program = trial.programs.find(({ endedByItself }) => endedByItself) ?? trial.programs[0];
  const end = program?.endedByItself;
  const mentioned = end === undefined || came.includes(end) || came.includes('exit code');
  return {
    ...(sent !== undefined && { sent }),
    expected,
    came: mentioned ? came : `${came}; the program ${end}`,
    stderr: program?.stderr.lines(STDERR_LINES).map(shown) ?? [],
    ...(look !== undefined && { look }),
    late,
    neverListened: error instanceof NeverListened,
  };
}
