/**
 * What the machine has, and what is built with it: the C rivals and the C load generator where
 * there is a compiler, and the Node rival as one file, so that no loader of TypeScript weighs on it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { build } from 'esbuild';
import { BUILT, PROJECT } from './paths.ts';

/** By name: whether the program is there. */
export type Tools = Readonly<Record<(typeof NEEDED)[number], boolean>>;

const NEEDED = ['cc', 'python3', 'socat', 'bc'] as const;

const C_PROGRAMS = {
  load: 'bench/generator/load.c',
  'c-select-echo': 'bench/rivals/c-select-echo.c',
  'c-select-calculator': 'bench/rivals/c-select-calculator.c',
};

export async function prepareTools(): Promise<Tools> {
  mkdirSync(BUILT, { recursive: true });
  const tools = Object.fromEntries(NEEDED.map(name => [name, isInstalled(name)])) as Tools;
  if (tools.cc) {
    for (const [name, source] of Object.entries(C_PROGRAMS)) {
      execFileSync('cc', ['-O2', '-o', `${BUILT}/${name}`, source], { cwd: PROJECT });
    }
  }
  await build({
    absWorkingDir: PROJECT,
    entryPoints: ['bench/rivals/node-net.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: `${BUILT}/node-net.js`,
    logLevel: 'error',
  });
  return tools;
}

function isInstalled(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
