/** `calcd check`: from what was asked for to a report and an exit code. */
import { coloursFor } from '../terminal/colours.ts';
import { checkClient } from './check-client.ts';
import { checkServer } from './check-server.ts';
import type { Role } from './item.ts';
import { asJson } from './json.ts';
import { asJUnit } from './junit.ts';
import { type Command, endProgramsAtExit } from './program.ts';
import { Progress } from './progress.ts';
import { report } from './report.ts';
import type { ReportFile } from './report-file.ts';
import { findSubmission } from './submission.ts';
import { summary } from './summary.ts';
import { type Judged, neverListened, passes, type Selection } from './verdict.ts';

const EXIT_FAILED = 1;
const EXIT_NEVER_LISTENED = 3;

export interface CheckOptions {
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
  readonly json: boolean;
  /** For the report in JUnit's format. */
  readonly junit: ReportFile | undefined;
  readonly isSelected: Selection;
}

/** Judges one program. @returns the exit code. */
export async function checkProgram(
  role: Role,
  command: Command,
  options: CheckOptions,
): Promise<number> {
  endProgramsAtExit();
  const judged = await judge(role, command, options);
  print([judged], options);
  if (neverListened(judged)) return EXIT_NEVER_LISTENED;
  return passes(judged) ? 0 : EXIT_FAILED;
}

/** Judges what is found in a directory. @returns the exit code: 0 when all five pass. */
export async function checkDirectory(directory: string, options: CheckOptions): Promise<number> {
  endProgramsAtExit();
  const { programs, notes, cleanUp } = findSubmission(directory);
  for (const note of notes) options.errors.write(`calcd check: ${note}\n`);
  const all: Judged[] = [];
  try {
    for (const { role, command } of programs) all.push(await judge(role, command, options));
  } finally {
    cleanUp();
  }
  print(all, options);
  if (!options.json) options.output.write(`\n${summary(all, notes)}\n`);
  return notes.length === 0 && all.every(passes) ? 0 : EXIT_FAILED;
}

async function judge(role: Role, command: Command, options: CheckOptions): Promise<Judged> {
  const progress = new Progress(role, options.errors);
  try {
    const { isSelected } = options;
    return role === 'client'
      ? await checkClient(command, isSelected, outcome => progress.show(outcome))
      : await checkServer(role, command, isSelected, outcome => progress.show(outcome));
  } finally {
    progress.clear();
  }
}

function print(all: readonly Judged[], { output, json, junit }: CheckOptions): void {
  if (json) output.write(`${asJson(all)}\n`);
  else output.write(`${all.map(one => report(one, coloursFor(output))).join('\n\n')}\n`);
  junit?.write(asJUnit(all));
}
