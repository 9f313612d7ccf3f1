/**
 * Builds dist/ from nothing, on any system that Node runs on: types by the compiler, bundles, and the
 * manual page.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.ts';
import { writeManualPage } from './manual-page.ts';

const { resolve } = createRequire(import.meta.url);
const compiler = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc');

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
await bundle();
// commander is in the bundle of the command line, and its licence asks to be with it.
copyFileSync(join(dirname(resolve('commander')), 'LICENSE'), 'dist/commander-LICENSE');
writeManualPage();
chmodSync('dist/cli.js', 0o755);
