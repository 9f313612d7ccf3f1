/** The words of `calcd check`: which program is judged, and how the report is wanted. */
import { statSync } from 'node:fs';
import { type Arguments, UsageError } from '../arguments.ts';
import type { StandardStreams } from '../terminal/standard-streams.ts';
import { isRole, LEVELS, ROLES, type Role } from './check.ts';
import { catalogue } from './checks/catalogue.ts';
import { ReportFile } from './report/machine-reports.ts';
import { type CheckOptions, checkDirectory, checkProgram } from './run.ts';

const ALL_ROLES = `${ROLES.join(', ')} or all`;

/** @returns the exit code. Throws a UsageError. */
export async function runCheck(
  [role, ...words]: readonly string[],
  options: Arguments['options'],
  { output, errors }: StandardStreams,
): Promise<number> {
  const { dir, junit, json = false, list = false } = options;
  if (list === true) {
    if (words.length > 0) throw new UsageError(`unexpected argument '${words[0]}'`);
    return listItems(role === 'all' ? undefined : role, output);
  }
  if (role === undefined) throw new UsageError(`ROLE is missing: ${ALL_ROLES}`);
  const only = Array.isArray(options.only) ? options.only : [];
  const unknown = only.find(name => !catalogue().some(item => item.name === name));
  if (unknown !== undefined)
    throw new UsageError(`unknown item '${unknown}'; --list shows all items`);
  const checkOptions = (): CheckOptions => ({
    output,
    errors,
    json: json === true,
    junit: typeof junit === 'string' ? new ReportFile(junit) : undefined,
    isSelected: name => only.length === 0 || only.includes(name),
  });
  if (role === 'all') {
    if (typeof dir !== 'string') throw new UsageError('ROLE all needs --dir DIR');
    if (words.length > 0) throw new UsageError(`unexpected argument '${words[0]}'`);
    if (!isDirectory(dir)) throw new UsageError(`not a directory: '${dir}'`);
    return checkDirectory(dir, checkOptions());
  }
  if (!isRole(role)) throw new UsageError(`unknown ROLE '${role}': must be ${ALL_ROLES}`);
  if (dir !== undefined) throw new UsageError('--dir needs ROLE all');
  if (words.length === 0) {
    throw new UsageError(`COMMAND is missing, for example: ${exampleFor(role)}`);
  }
  if (!words.some(word => word.includes('{port}'))) {
    throw new UsageError(
      `COMMAND must contain {port}, for example: -- ${withPort(words).join(' ')}`,
    );
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

function listItems(role: string | undefined, output: NodeJS.WriteStream): number {
  if (role !== undefined && !isRole(role))
    throw new UsageError(`unknown ROLE '${role}': must be ${ALL_ROLES}`);
  const items = catalogue().filter(({ roles }) => role === undefined || roles.includes(role));
  for (const level of LEVELS) {
    for (const { name, asks } of items.filter(item => item.level === level)) {
      output.write(`${name}  (${level})  ${asks}\n`);
    }
  }
  return 0;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
