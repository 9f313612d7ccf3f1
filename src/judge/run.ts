/** A run of `calcd check`: it starts the programs, runs the checks, prints the reports, and ends. */
import { coloursFor } from '../terminal/colours.ts';
import { StatusLine } from '../terminal/status-line.ts';
import { Attempt, runCheck } from './attempt/attempt.ts';
import { ClientAttempt, type ClientDialect } from './attempt/client-attempt.ts';
import { ServerAttempt, SharedServer } from './attempt/server-attempt.ts';
import { type Dialect, describeDialect } from './attempt/test-client.ts';
import type { Check, CheckInfo, Role, ServerRole } from './check.ts';
import { CLIENT_CHECKS, SERVER_CHECKS } from './checks/catalogue.ts';
import { connects } from './checks/client-assignment.ts';
import { answers } from './checks/messages.ts';
import { findSubmission } from './program/submission.ts';
import { type Command, endProgramsAtExit } from './program/tested-program.ts';
import { jsonReport, junitReport, type ReportFile } from './report/machine-reports.ts';
import { summary, textReport } from './report/text-report.ts';
import { neverListened, type ProgramResults, passes, type Result, skipped } from './result.ts';
import { Schedule } from './schedule.ts';

const EXIT_FAILED = 1;
const EXIT_NEVER_LISTENED = 3;

export interface CheckOptions {
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
  readonly json: boolean;
  /** Where the JUnit report goes, if one is wanted. */
  readonly junit: ReportFile | undefined;
  /** Whether to run the check of this name. */
  readonly isSelected: (name: string) => boolean;
}

/** Checks one program. @returns the exit code. */
export async function checkProgram(
  role: Role,
  command: Command,
  options: CheckOptions,
): Promise<number> {
  endProgramsAtExit();
  const program = await withProgress(role, command, options);
  print([program], options);
  if (neverListened(program)) return EXIT_NEVER_LISTENED;
  return passes(program) ? 0 : EXIT_FAILED;
}

/** Checks all programs of a directory. @returns the exit code: 0 when all five pass. */
export async function checkDirectory(directory: string, options: CheckOptions): Promise<number> {
  endProgramsAtExit();
  const { programs, notes, cleanUp } = findSubmission(directory);
  for (const note of notes) options.errors.write(`calcd check: ${note}\n`);
  const all: ProgramResults[] = [];
  try {
    for (const { role, command } of programs) all.push(await withProgress(role, command, options));
  } finally {
    cleanUp();
  }
  print(all, options);
  if (!options.json) options.output.write(`\n${summary(all, notes)}\n`);
  return notes.length === 0 && all.every(passes) ? 0 : EXIT_FAILED;
}

/** On a terminal, a status line shows the progress. */
async function withProgress(
  role: Role,
  command: Command,
  { errors, isSelected }: CheckOptions,
): Promise<ProgramResults> {
  const line = new StatusLine(errors);
  line.show(`${role}: starting …`);
  let done = 0;
  let failed = 0;
  const onResult = ({ check, status }: Result): void => {
    done++;
    if (status === 'failed') failed++;
    line.show(`${role}: ${done} done, ${failed} ✗, last ${check.name} …`);
  };
  try {
    return await runChecks(role, command, isSelected, onResult);
  } finally {
    line.clear();
  }
}

function print(all: readonly ProgramResults[], { output, json, junit }: CheckOptions): void {
  if (json) output.write(`${jsonReport(all)}\n`);
  else output.write(`${all.map(one => textReport(one, coloursFor(output))).join('\n\n')}\n`);
  junit?.write(junitReport(all));
}

/** Runs all selected checks for the role. @param onResult is called with each result at once. */
export function runChecks(
  role: Role,
  command: Command,
  isSelected: CheckOptions['isSelected'],
  onResult: (result: Result) => void,
): Promise<ProgramResults> {
  const isWanted = ({ name, roles }: CheckInfo): boolean =>
    roles.includes(role) && isSelected(name);
  return role === 'client'
    ? runClientChecks(command, isWanted, onResult)
    : runServerChecks(role, command, isWanted, onResult);
}

/** The first check detects the dialect. Without it, the others cannot run. */
async function runServerChecks(
  role: ServerRole,
  command: Command,
  isWanted: (check: CheckInfo) => boolean,
  onResult: (result: Result) => void,
): Promise<ProgramResults> {
  const detected: { dialect?: Dialect } = {};
  const firstCheck = answers(role === 'server4', dialect => {
    detected.dialect = dialect;
  });
  const first = await runCheck(firstCheck, new Attempt(command));
  onResult(first);
  const { dialect } = detected;
  const checks = SERVER_CHECKS.filter(isWanted);
  const others = dialect
    ? await runOnServer(role, checks, () => new ServerAttempt(command, role, dialect), onResult)
    : checks.map(check => skipped(check, 'needs answers'));
  const results = withFirst(first, isWanted, others);
  return { role, command, results, ...(dialect && { dialect: describeDialect(dialect) }) };
}

async function runOnServer(
  role: ServerRole,
  checks: readonly Check<ServerAttempt>[],
  newAttempt: () => ServerAttempt,
  onResult: (result: Result) => void,
): Promise<Result[]> {
  // server1 may refuse a client until it notices that the last one has disconnected.
  if (role === 'server1') return new Schedule(checks, newAttempt, onResult).run();
  const shared = new SharedServer(newAttempt);
  try {
    return await new Schedule(checks, newAttempt, onResult, shared).run();
  } finally {
    await shared.end();
  }
}

async function runClientChecks(
  command: Command,
  isWanted: (check: CheckInfo) => boolean,
  onResult: (result: Result) => void,
): Promise<ProgramResults> {
  const detected: { dialect?: ClientDialect } = {};
  const firstCheck = connects(dialect => {
    detected.dialect = dialect;
  });
  // Most clients show a reply without a line end.
  const first = await runCheck(firstCheck, new ClientAttempt(command, { lineEnd: false }));
  onResult(first);
  const { dialect } = detected;
  const checks = CLIENT_CHECKS.filter(isWanted);
  const others = dialect
    ? await new Schedule(checks, () => new ClientAttempt(command, dialect), onResult).run()
    : checks.map(check => skipped(check, 'needs connects'));
  const results = withFirst(first, isWanted, others);
  const inWords = dialect?.lineEnd ? 'replies that end with LF' : 'replies without LF';
  return { role: 'client', command, results, ...(dialect && { dialect: inWords }) };
}

/** The first check always runs. It is in the report when it is selected or has failed. */
function withFirst(
  first: Result,
  isWanted: (check: CheckInfo) => boolean,
  others: readonly Result[],
): Result[] {
  return isWanted(first.check) || first.status === 'failed' ? [first, ...others] : [...others];
}
