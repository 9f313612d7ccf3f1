/**
 * Runs items, each with a program of its own that is started afresh: what one item breaks does not
 * show in another. Those that mostly wait run side by side; those that load the machine run alone.
 */
import { Failure, NeverListened, shown } from './failure.ts';
import type { About, Item } from './item.ts';
import { ITEM_MS } from './limits.ts';
import { hasProcessTable } from './process-table.ts';
import type { Trial } from './trial.ts';
import { eventually, inTime } from './waiting.ts';

/** Items at a time. They wait more than they work, and their deadlines are long. */
const SIDE_BY_SIDE = 3;

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
  readonly milliseconds: number;
}

export interface Problem {
  readonly sent?: string;
  readonly expected: string;
  readonly came: string;
  /** The last lines of the program's standard error. */
  readonly stderr: readonly string[];
  /** It ended or was silent before it listened. */
  readonly neverListened: boolean;
}

/** @returns the outcomes in the items' order; `done` hears of each as it comes. */
export async function runItems<T extends Trial>(
  items: readonly Item<T>[],
  open: () => T,
  done: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Promise<Outcome>>();
  const judge = (item: Item<T>): Promise<Outcome> => {
    const known = outcomes.get(item.name);
    if (known) return known;
    const outcome = (async () => {
      const reason = await reasonToLeaveOut(item);
      const judged = reason ? leftOut(item, reason) : await runItem(item, open());
      done(judged);
      return judged;
    })();
    outcomes.set(item.name, outcome);
    return outcome;
  };
  const reasonToLeaveOut = async (item: About): Promise<string | undefined> => {
    if (item.linuxOnly && !hasProcessTable) return 'only Linux tells';
    for (const need of items.filter(({ name }) => item.needs?.includes(name))) {
      const { verdict } = await judge(need);
      if (verdict !== 'passed') return `tells nothing while ${need.name} fails`;
    }
    return undefined;
  };
  const queue = items.filter(({ alone }) => !alone);
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item; item = queue.shift()) await judge(item);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  for (const item of items.filter(({ alone }) => alone)) await judge(item);
  return Promise.all(items.map(judge));
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
  return new Failure({ expected: `an end within ${ITEM_MS / 1000} s`, came: 'none' });
}

function describe(error: unknown, trial: Trial): Problem {
  if (!(error instanceof Failure)) throw error;
  const { sent, expected, came } = error.evidence;
  const program = trial.programs.find(({ endedByItself }) => endedByItself) ?? trial.programs[0];
  const end = program?.endedByItself;
  const mentioned = end === undefined || came.includes('exit code');
  return {
    ...(sent !== undefined && { sent }),
    expected,
    came: mentioned ? came : `${came}; the program had ${end}`,
    stderr: program?.stderr.lines(STDERR_LINES).map(shown) ?? [],
    neverListened: error instanceof NeverListened,
  };
}
