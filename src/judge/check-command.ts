/** `calcd check`: which program is judged, and how the report is wanted. */
import { statSync } from 'node:fs';
import type { Command } from 'commander';
import type { StandardStreams } from '../terminal/standard-streams.ts';
import { LEVELS, type Role } from './check.ts';
import { catalogue } from './checks/catalogue.ts';
import { ReportFile } from './report/machine-reports.ts';
import { type CheckOptions, checkDirectory, checkProgram } from './run.ts';

/** The options of `calcd check`, as commands.ts defines them. */
interface CheckFlags {
  readonly dir?: string;
  readonly only?: readonly string[];
  readonly json?: true;
  readonly junit?: string;
  readonly list?: true;
}

/** @returns the exit code. Wrong usage is an error of the command. */
export async function runCheck(
  command: Command,
  role: Role | 'all' | undefined,
  words: readonly string[],
  { dir, only = [], json, junit, list }: CheckFlags,
  { output, errors }: StandardStreams,
): Promise<number> {
  if (list) {
    if (words.length > 0) command.error(`unexpected argument '${words[0]}'`);
    return listChecks(role === 'all' ? undefined : role, output);
  }
  if (role === undefined) command.error("missing required argument 'ROLE'");
  const unknown = only.find(name => !catalogue().some(check => check.name === name));
  if (unknown !== undefined) command.error(`unknown check '${unknown}'; --list shows all checks`);
  const checkOptions = (): CheckOptions => ({
    output,
    errors,
    json: json === true,
    junit: junit === undefined ? undefined : new ReportFile(junit),
    isSelected: name => only.length === 0 || only.includes(name),
  });
  if (role === 'all') {
    if (dir === undefined) command.error('ROLE all needs --dir DIR');
    if (words.length > 0) command.error(`unexpected argument '${words[0]}'`);
    if (!isDirectory(dir)) command.error(`not a directory: '${dir}'`);
    return checkDirectory(dir, checkOptions());
  }
  if (dir !== undefined) command.error('--dir needs ROLE all');
  if (words.length === 0) command.error(`COMMAND is missing, for example: ${exampleFor(role)}`);
  if (!words.some(word => word.includes('{port}'))) {
    command.error(`COMMAND must contain {port}, for example: -- ${withPort(words).join(' ')}`);
  }
  return checkProgram(role, { words }, checkOptions());
}

const exampleFor = (role: Role): string => `-- python3 ${role}.py {ip} {port}`;

/** What was probably meant: an address in numbers, or none, where {ip} and {port} should stand. */
function withPort(words: readonly string[]): string[] {
  const meant = words.map(word => {
    if (/^\d{1,3}(\.\d{1,3}){3}$|^localhost$/.test(word)) return '{ip}';
    return /^\d{2,5}$/.test(word) ? '{port}' : word;
  });
  const missing = ['{ip}', '{port}'].filter(one => !meant.includes(one));
  return meant.includes('{port}') ? meant : [...meant, ...missing];
}

function listChecks(role: Role | undefined, output: NodeJS.WriteStream): number {
  const checks = catalogue().filter(({ roles }) => role === undefined || roles.includes(role));
  for (const level of LEVELS) {
    for (const { name, asks } of checks.filter(check => check.level === level)) {
      output.write(`${name}  (${level})  ${asks}\n`);
    }
  }
  return 0;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
