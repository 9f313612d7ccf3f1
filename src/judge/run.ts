/**
 * Runs items: those that mostly wait run side by side, those that share a program one after the
 * other beside them, and at the end, alone, those that load the machine.
 */
import type { About, Item } from './item.ts';
import { leftOut, type Outcome } from './outcome.ts';
import { hasProcessTable } from './process-table.ts';
import type { Trial } from './trial.ts';
import type { Tries } from './tries.ts';

/** Items at a time. They wait more than they work, and their deadlines are long. */
const SIDE_BY_SIDE = 3;

/** @returns the outcomes in the items' order; `done` hears of each as it comes. */
export async function runItems<T extends Trial>(
  items: readonly Item<T>[],
  tries: Tries<T>,
  done: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Promise<Outcome>>();
  const judge = (item: Item<T>): Promise<Outcome> => {
    const known = outcomes.get(item.name);
    if (known) return known;
    const outcome = (async () => {
      const reason = await reasonToLeaveOut(item);
      const judged = reason ? leftOut(item, reason) : await tries.judge(item);
      done(judged);
      return judged;
    })();
    outcomes.set(item.name, outcome);
    return outcome;
  };
  const reasonToLeaveOut = async (item: About): Promise<string | undefined> => {
    if (item.linuxOnly && !hasProcessTable) return 'skipped: needs Linux';
    for (const need of items.filter(({ name }) => item.needs?.includes(name))) {
      const { verdict } = await judge(need);
      if (verdict !== 'passed') return `skipped: needs ${need.name}`;
    }
    return undefined;
  };
  const sharing = items.filter(item => tries.sharesProgram(item));
  const queue = items.filter(item => !item.alone && !sharing.includes(item));
  const work = async (from: Item<T>[]): Promise<void> => {
    for (let item = from.shift(); item; item = from.shift()) await judge(item);
  };
  const worker = (): Promise<void> => work(queue);
  const workers = Array.from({ length: SIDE_BY_SIDE - 1 }, worker);
  await Promise.all([work(sharing).then(worker), ...workers]);
  for (const item of items.filter(({ alone }) => alone)) await judge(item);
  return Promise.all(items.map(judge));
}
