/**
 * Whether the simulation finds what it is for: puts known faults, one line each, into a copy of the
 * source, and says after how many seeds each is found.
 *
 *   npm run test:mutants
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly line: string;
  readonly becomes: string;
}

const MUTANTS: readonly Mutant[] = [];

const SEEDS = '20000';
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json'];

const run = promisify(execFile);
const rows: string[] = [];
let missed = 0;
for (const mutant of MUTANTS) {
  const found = await seedsUntilFound(mutant);
  if (found === undefined) missed++;
  rows.push(`| ${mutant.what} | \`${mutant.file}\` | ${found ?? 'not found'} |`);
  console.log(rows.at(-1));
}
console.log(`\n| fault | in | found by seed |\n| --- | --- | --- |\n${rows.join('\n')}`);
process.exitCode = missed === 0 ? 0 : 1;

/** @returns the first seed that fails, and how; undefined when none does. */
async function seedsUntilFound({ file, line, becomes }: Mutant): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'calcd-mutant-'));
  try {
    for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const source = readFileSync(join(folder, file), 'utf8');
    if (source.split(line).length !== 2) throw new Error(`not once in ${file}: ${line}`);
    writeFileSync(join(folder, file), source.replace(line, becomes));
    const words = ['--import', 'tsx', 'test/simulation/run.ts', '--seeds', SEEDS, '--jobs', '1'];
    await run(process.execPath, words, { cwd: folder, maxBuffer: 2 ** 26 });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const [, seed, how] = /^SEED=(\d+): (.*)$/m.exec(stderr ?? '') ?? [];
    if (seed === undefined) throw error;
    return `${seed}: ${how}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
