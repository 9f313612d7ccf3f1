/** The report for programs. */
import { type Judged, passes, scores } from './verdict.ts';

export function asJson(all: readonly Judged[]): string {
  return JSON.stringify(all.map(program), undefined, 2);
}

function program(judged: Judged): object {
  const { role, command, dialect, outcomes } = judged;
  return {
    role,
    command: command.words,
    passes: passes(judged),
    ...(dialect !== undefined && { dialect }),
    scores: scores(judged),
    items: outcomes.map(({ item, ...outcome }) => ({
      name: item.name,
      level: item.level,
      ...(item.graders?.[role] !== undefined && { graders: item.graders[role] }),
      ...outcome,
    })),
  };
}
