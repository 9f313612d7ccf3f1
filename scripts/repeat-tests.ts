/**
 * Whether the tests pass every time: builds once, runs `npm test` N times, some of them with a busy
 * loop beside it on one core, and prints which test failed how often. A run that fails leaves its
 * output in a file. Used before anything is claimed about the suite.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Usage: npm run test:repeat -- [--busy M] [--files "FILE ..."] [N]

Builds once, runs \`npm test\` N times (default: 20), and prints what failed.

  --busy M       in M of the runs a busy loop takes one core (default: half of them)
  --files FILES  run only these test files, for example "test/servers/*.test.ts"
  --help         print this

The exit code is 1 when any run failed. The output of a run that failed is kept in a file.
`;

/** The suite takes two minutes; one that has not ended after this long hangs. */
const DEADLINE_MS = 30 * 60_000;

/** It ends with us, however we end. */
const BUSY_LOOP = 'for (const parent = process.ppid; process.ppid === parent; );';

const REPORTER = new URL('./failed-tests-reporter.mjs', import.meta.url);

interface Options {
  readonly times: number;
  readonly busy: number;
  readonly files: string | undefined;
}

/** As the reporter writes it. */
interface FailedTest {
  readonly file: string;
  readonly name: string;
}

interface Run {
  readonly isBusy: boolean;
  readonly seconds: number;
  readonly exit: number | string;
  readonly failed: readonly FailedTest[];
  readonly output: string;
}

/** @returns undefined when help is asked for. */
function optionsFrom(args: string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { busy: { type: 'string' }, files: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return undefined;
  if (positionals.length > 1) throw new Error(`unexpected argument '${positionals[1]}'`);
  const times = wholeNumber(positionals[0] ?? '20', 'N', 1);
  const busy = wholeNumber(values.busy ?? String(Math.floor(times / 2)), '--busy', 0);
  if (busy > times) throw new Error(`--busy must be at most N: ${busy} of ${times}`);
  return { times, busy, files: values.files };
}

function wholeNumber(text: string, name: string, least: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least) return number;
  throw new Error(`${name} must be a whole number, at least ${least}: '${text}'`);
}

/** What `npm test` runs, with a reporter of ours beside the usual one. */
function testCommand(files: string | undefined, usual: string, failures: string): string {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: { test: string };
  };
  const [, before, options, patterns] =
    /^(.* --test)( --.*?)? (test\/.*)$/.exec(scripts.test) ?? [];
  if (!before) throw new Error(`cannot read the script "test": ${scripts.test}`);
  return [
    `${before}${options ?? ''}`,
    `--test-reporter=spec --test-reporter-destination='${usual}'`,
    `--test-reporter='${REPORTER}' --test-reporter-destination='${failures}'`,
    files ?? patterns,
  ].join(' ');
}

async function runOnce(number: number, isBusy: boolean, options: Options): Promise<Run> {
  const output = join(folder, `run-${number}.txt`);
  const failures = join(folder, `run-${number}.jsonl`);
  const rest = openSync(output, 'a');
  const load = isBusy ? spawn(process.execPath, ['-e', BUSY_LOOP]) : undefined;
  const start = performance.now();
  try {
    const tests = spawn('sh', ['-c', testCommand(options.files, output, failures)], {
      stdio: ['ignore', rest, rest],
      detached: true,
    });
    running = tests;
    const tooLate = setTimeout(() => endGroup(tests), DEADLINE_MS);
    const [code, signal] = await once(tests, 'exit');
    clearTimeout(tooLate);
    endGroup(tests);
    const seconds = (performance.now() - start) / 1000;
    const failed = readFailures(failures);
    if (code === 0) rmSync(output);
    return { isBusy, seconds, exit: code ?? signal, failed, output };
  } finally {
    load?.kill('SIGKILL');
    closeSync(rest);
  }
}

function readFailures(file: string): FailedTest[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '');
  rmSync(file);
  return lines.map(line => JSON.parse(line) as FailedTest);
}

/** The tests and all they started. */
function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

function report(runs: readonly Run[]): string {
  const lines = [''];
  for (const busy of [false, true]) {
    const seconds = runs.filter(({ isBusy }) => isBusy === busy).map(run => run.seconds);
    if (seconds.length === 0) continue;
    const longest = Math.max(...seconds).toFixed(0);
    lines.push(
      `${busy ? 'busy ' : 'quiet'}: ${seconds.length} runs, median ${median(seconds).toFixed(0)} s, longest ${longest} s`,
    );
  }
  const bad = runs.filter(({ exit }) => exit !== 0);
  lines.push(`${runs.length - bad.length} of ${runs.length} runs passed`);
  const counts = new Map<string, number>();
  for (const { failed, exit } of bad) {
    const names = failed.map(({ file, name }) => `${file}: ${name}`);
    // A run may fail without a test: a file that cannot be loaded, or a run that hangs.
    for (const name of names.length > 0 ? names : [`no test, exit ${exit}`]) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const most = [...counts].sort(([, a], [, b]) => b - a);
  if (most.length > 0) lines.push('', 'failed  test');
  for (const [name, count] of most) lines.push(`${String(count).padStart(6)}  ${name}`);
  return `${lines.join('\n')}\n`;
}

let folder = '';
let running: ChildProcess | undefined;

async function repeat(options: Options): Promise<boolean> {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  folder = mkdtempSync(join(tmpdir(), 'calcd-repeat-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (running) endGroup(running);
      process.exit(1);
    });
  }
  const runs: Run[] = [];
  print(
    `${options.times} runs on ${availableParallelism()} cores, ${options.busy} of them busy\n\n`,
  );
  print('run  load   seconds  failed\n');
  for (let number = 1; number <= options.times; number++) {
    // Spread evenly, so that what changes on the machine meets both kinds alike.
    const share = options.busy / options.times;
    const isBusy = Math.floor(number * share) > Math.floor((number - 1) * share);
    const run = await runOnce(number, isBusy, options);
    runs.push(run);
    const failed =
      run.exit === 0 ? '0' : `${run.failed.length} (exit ${run.exit}; output: ${run.output})`;
    print(
      `${String(number).padStart(3)}  ${isBusy ? 'busy ' : 'quiet'}  ${run.seconds.toFixed(0).padStart(7)}  ${failed}\n`,
    );
  }
  print(report(runs));
  const passed = runs.every(({ exit }) => exit === 0);
  if (passed) rmSync(folder, { recursive: true });
  return passed;
}

function print(text: string): void {
  writeSync(1, text);
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
try {
  const options = optionsFrom(process.argv.slice(2));
  if (!options) print(HELP);
  else if (!(await repeat(options))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`test:repeat: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
