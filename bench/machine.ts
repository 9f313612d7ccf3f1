/** The head of every result: where, with what and of what it was measured. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { argv, version } from 'node:process';
import { PROJECT } from './paths.ts';
import type { Tools } from './tools.ts';

export interface Machine {
  readonly date: string;
  readonly command: string;
  readonly commit: string;
  readonly processor: string;
  readonly system: string;
  readonly versions: string;
  readonly generator: string;
}

export function describeMachine(tools: Tools, generator: string): Machine {
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 16),
    command: ['npm run bench', ...(argv.length > 2 ? ['--', ...argv.slice(2)] : [])].join(' '),
    commit: commit(),
    processor: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${memory} GiB`,
    system: `${process.platform} ${release()}`,
    versions: [
      `Node ${version}`,
      ...(tools.cc ? [firstLine('cc', '--version')] : []),
      ...(tools.python3 ? [firstLine('python3', '--version')] : []),
    ].join(', '),
    generator,
  };
}

function commit(): string {
  const changed = run('git', 'status', '--porcelain', '--', 'src', 'package.json') !== '';
  return run('git', 'rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '');
}

function firstLine(program: string, ...words: string[]): string {
  return run(program, ...words).split('\n')[0] as string;
}

function run(program: string, ...words: string[]): string {
  try {
    return execFileSync(program, words, { cwd: PROJECT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
