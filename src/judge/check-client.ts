/** Judges a client: first whether it connects and how it wants its replies, then all the rest. */
import { type ClientDialect, ClientTrial } from './client-trial.ts';
import { CLIENT_ITEMS } from './items/client.ts';
import { connects } from './items/client-required.ts';
import { leftOut, type Outcome, runItem } from './outcome.ts';
import type { Command } from './program.ts';
import { runItems } from './run.ts';
import { Tries } from './tries.ts';
import type { Judged, Selection } from './verdict.ts';

/** What the first item starts with: most clients take a reply without a line end. */
const BARE: ClientDialect = { lineEnd: false };

/** @param done hears of each outcome as it comes. */
export async function checkClient(
  command: Command,
  isSelected: Selection,
  done: (outcome: Outcome) => void,
): Promise<Judged> {
  let dialect: ClientDialect | undefined;
  const first = await runItem(
    connects(learned => {
      dialect = learned;
    }),
    new ClientTrial(command, BARE),
  );
  done(first);
  const items = CLIENT_ITEMS.filter(({ name }) => isSelected(name));
  const known = dialect;
  const others = known
    ? await runItems(items, new Tries(() => new ClientTrial(command, known)), done)
    : items.map(item => leftOut(item, 'skipped: needs connects'));
  const firstCounts = isSelected(first.item.name) || first.verdict === 'failed';
  return {
    role: 'client',
    command,
    outcomes: firstCounts ? [first, ...others] : others,
    ...(known && { dialect: `replies ${known.lineEnd ? 'that end with LF' : 'without LF'}` }),
  };
}
