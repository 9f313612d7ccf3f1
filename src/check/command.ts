/** The words of `calcd check`: which program is judged, and how the report is wanted. */
import { statSync } from 'node:fs';
import { type Arguments, UsageError } from '../arguments.ts';
import type { StandardStreams } from '../terminal/standard-streams.ts';
import { type CheckOptions, checkDirectory, checkProgram } from './check.ts';
import { isRole, LEVELS, ROLES } from './item.ts';
import { catalogue } from './items/catalogue.ts';
import { ReportFile } from './report-file.ts';

/** @returns the exit code. Throws a UsageError. */
export async function runCheck(
  [role, ...words]: readonly string[],
  options: Arguments['options'],
  { output, errors }: StandardStreams,
): Promise<number> {
  const { dir, junit, json = false, list = false } = options;
  if (list === true) return listItems(role, output);
  if (role === undefined) throw new UsageError(`ROLE is missing: ${ROLES.join(', ')} or all`);
  const only = Array.isArray(options.only) ? options.only : [];
  const unknown = only.find(name => !catalogue().some(item => item.name === name));
  if (unknown !== undefined) throw new UsageError(`no item '${unknown}'; --list names them`);
  const checkOptions = (): CheckOptions => ({
    output,
    errors,
    json: json === true,
    junit: typeof junit === 'string' ? new ReportFile(junit) : undefined,
    isSelected: name => only.length === 0 || only.includes(name),
  });
  if (role === 'all') {
    if (typeof dir !== 'string') throw new UsageError('--dir is missing');
    if (words.length > 0) throw new UsageError(`unexpected argument '${words[0]}'`);
    if (!isDirectory(dir)) throw new UsageError(`not a directory: '${dir}'`);
    return checkDirectory(dir, checkOptions());
  }
  if (!isRole(role)) throw new UsageError(`no role '${role}': ${ROLES.join(', ')} or all`);
  if (dir !== undefined) throw new UsageError('--dir goes with the role all');
  if (words.length === 0) throw new UsageError('the program is missing: -- PROGRAM WORD ...');
  if (!words.some(word => word.includes('{port}'))) {
    throw new UsageError('no word of the program holds {port}');
  }
  return checkProgram(role, { words }, checkOptions());
}

function listItems(role: string | undefined, output: NodeJS.WriteStream): number {
  if (role !== undefined && !isRole(role)) throw new UsageError(`no role '${role}'`);
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
