/** Judges one server: first whether it answers and in which dialect, then all the rest. */
import { type Dialect, describeDialect } from './dialect.ts';
import type { Item, ServerRole } from './item.ts';
import { answers } from './items/answers.ts';
import { SERVER_ITEMS } from './items/servers.ts';
import { leftOut, type Outcome, runItem } from './outcome.ts';
import type { Command } from './program.ts';
import { runItems } from './run.ts';
import { ServerTrial } from './server-trial.ts';
import { SharedServer } from './shared-server.ts';
import { Trial } from './trial.ts';
import { Tries } from './tries.ts';
import type { Judged, Selection } from './verdict.ts';

/** @param done hears of each outcome as it comes. */
export async function checkServer(
  role: ServerRole,
  command: Command,
  isSelected: Selection,
  done: (outcome: Outcome) => void,
): Promise<Judged> {
  let dialect: Dialect | undefined;
  const first = await runItem(
    answers(role === 'server4', learned => {
      dialect = learned;
    }),
    new Trial(command),
  );
  done(first);
  const items = SERVER_ITEMS.filter(({ roles, name }) => roles.includes(role) && isSelected(name));
  const known = dialect;
  const others = known
    ? await runOthers(role, items, () => new ServerTrial(command, role, known), done)
    : items.map(item => leftOut(item, 'skipped: needs answers'));
  const firstCounts = isSelected(first.item.name) || first.verdict === 'failed';
  return {
    role,
    command,
    outcomes: firstCounts ? [first, ...others] : others,
    ...(known && { dialect: describeDialect(known) }),
  };
}

async function runOthers(
  role: ServerRole,
  items: readonly Item<ServerTrial>[],
  open: () => ServerTrial,
  done: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  // server1 may turn a client away until it has noticed that the last one left.
  if (role === 'server1') return runItems(items, new Tries(open), done);
  const shared = new SharedServer(open);
  try {
    return await runItems(items, new Tries(open, shared), done);
  } finally {
    await shared.end();
  }
}
