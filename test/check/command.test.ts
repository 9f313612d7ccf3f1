/** `calcd check` as a process: exit codes, formats, a directory, and programs that behave badly. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { START_MS } from '../../src/judge/program/deadlines.ts';
import { CLI, calcd } from '../support/calcd.ts';
import { silentProgram } from '../support/commands.ts';
import { eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { failed, program, resultsOf, words } from './run-program.ts';

const skip = unlessInstalled('python3', '--version') || unlessLinux;
const unlessTypeScript =
  !('typescript' in process.features && process.features.typescript) &&
  unlessInstalled('tsx', '--version');
const OURS = [process.execPath, CLI, 'server3', '{ip}', '{port}'];

async function check(
  test: TestContext,
  ...args: string[]
): Promise<{ stdout: string; stderr: string; exit: number | string }> {
  const running = calcd(test, ['check', ...args]);
  const [stdout, stderr] = await Promise.all([running.stdout.rest(), running.stderr.rest()]);
  return { stdout, stderr, exit: await running.exit() };
}

/** Checks a directory with only a simple server4. */
async function checkSubmission(test: TestContext, file: string): Promise<string> {
  const directory = temporaryFolder(test);
  copyFileSync(program(`naive/${file}`), join(directory, file));
  return (await check(test, 'all', '--dir', directory, ...only('answers'))).stdout;
}

const only = (...names: string[]): string[] => names.flatMap(name => ['--only', name]);

const WRONG_USAGE: [args: string[], complaint: RegExp][] = [
  [[], /missing required argument 'ROLE'/],
  [
    ['server5', '--', 'a', '{port}'],
    /'server5' .* 'ROLE'\. Allowed choices are server1, .* all\.$/,
  ],
  [['server1'], /COMMAND is missing, for example: -- python3 server1\.py \{ip\} \{port\}$/],
  [
    ['server1', '--', 'python3', 's.py'],
    /must contain \{port\}, .*: -- python3 s\.py \{ip\} \{port\}$/,
  ],
  [
    ['server1', '--', './s', '{ip}'],
    /must contain \{port\}, for example: -- \.\/s \{ip\} \{port\}$/,
  ],
  [['server1', '--', './s', '127.0.0.1', '5000'], /for example: -- \.\/s \{ip\} \{port\}$/],
  [['server1', '--list', 'server2'], /unexpected argument 'server2'/],
  [['server9', '--list'], /'server9' .* 'ROLE'/],
  [
    ['server1', '--only', 'luck', '--', 'a', '{port}'],
    /unknown check 'luck'; --list shows all checks/,
  ],
  [['all'], /ROLE all needs --dir DIR/],
  [['all', '--dir', '/nowhere'], /not a directory/],
];

describe('wrong usage of calcd check', () => {
  for (const [args, complaint] of WRONG_USAGE) {
    it(`calcd check ${args.join(' ')}`, async () => {
      const running = silentProgram().parseAsync(['check', ...args], { from: 'user' });
      await assert.rejects(running, { name: 'CommanderError', message: complaint });
    });
  }

  it('has exit code 2', async t => {
    const { stderr, exit } = await check(t, 'server5', '--', 'a', '{port}');
    assert.match(stderr, /^calcd check: .*'server5' is invalid for argument 'ROLE'/);
    assert.equal(exit, 2);
  });
});

const DIES_OF_ZERO = [
  ...only('answers', 'division-by-zero'),
  '--',
  ...words('wrong/dies-of-zero.py'),
];

// One of them waits for ten seconds.
describe('the exit code of calcd check', { concurrency: 2 }, () => {
  it('is 3 when the program never listens', { skip }, async t => {
    const never = await check(t, 'server3', '--', ...words('awkward/never-listens.py'));
    assert.match(never.stdout, /got {7}nothing within 10 s/);
    assert.equal(never.exit, 3);
  });

  it('is 3 when the program ends before it listens', { skip }, async t => {
    const { stdout, exit } = await check(t, 'server3', '--', ...words('awkward/exits.py'));
    assert.match(stdout, /it ended with exit code 1\n\s+stderr +the configuration is missing/);
    assert.equal(exit, 3);
  });

  const NOT_STARTED: [what: string, program: string, got: RegExp, hint: RegExp][] = [
    ['does not exist', 'no-such-program', /no such file or directory \(ENOENT\)$/m, /PATH/],
    ['is not executable', program('naive/client.py'), /permission denied \(EACCES\)$/m, /chmod/],
  ];
  for (const role of ['server3', 'client']) {
    for (const [what, file, got, hint] of NOT_STARTED) {
      it(`is 3 when the ${role} ${what}`, async t => {
        const { stdout, exit } = await check(t, role, '--', file, '{port}');
        const [, cause = ''] =
          /^ +got {7}it could not be started: (.*(\n {16}.*)?)/m.exec(stdout) ?? [];
        assert.match(cause.replace(/\n +/, ' '), got);
        assert.match(stdout, new RegExp(`^ +hint .*${hint.source}`, 'm'));
        assert.equal(exit, 3);
      });
    }
  }

  it('is 1 as soon as a client ends without connecting', { skip }, async t => {
    const ending = ['python3', '-c', 'import sys; sys.exit("no idea") # {port}'];
    const { stdout, exit } = await check(t, 'client', '--json', '--', ...ending);
    const [{ items }] = JSON.parse(stdout);
    assert.match(items[0].failure.came, /^it ended with exit code 1$/);
    assert.deepEqual(items[0].failure.stderr, ['no idea']);
    // Not after the ten seconds that a client has for connecting.
    assert.ok(items[0].milliseconds < START_MS, items[0].milliseconds);
    assert.equal(exit, 1);
  });

  it('is 0 when all required checks pass; no colour, no progress in a pipe', async t => {
    const { stdout, stderr, exit } = await check(t, 'server3', ...only('answers'), '--', ...OURS);
    assert.match(stdout, /✓ answers/);
    assert.match(stdout, /^required 1 of 1$/m);
    assert.ok(!stdout.includes('\x1b'));
    assert.equal(stderr, '');
    assert.equal(exit, 0);
  });

  it('is 0 when only other checks fail', { skip }, async t => {
    const args = ['server3', ...only('two-in-one'), '--', ...words('wrong/no-framing.py')];
    const { stdout, exit } = await check(t, ...args);
    assert.match(stdout, /✗ two-in-one/);
    assert.equal(exit, 0);
  });

  it('is 1 when a required check fails, which is in the JUnit report too', { skip }, async t => {
    const file = join(temporaryFolder(t), 'report.xml');
    const { stdout, exit } = await check(t, 'server3', '--junit', file, ...DIES_OF_ZERO);
    for (const line of [
      '✗ division-by-zero',
      'sent      1 / 0\\n',
      'expected  a reply that reports the error',
      'got       the end of the connection; the program ended with exit code 1',
      'ZeroDivisionError: Fraction',
      'hint      ',
      'more      docs/check.md#division-by-zero',
    ]) {
      assert.ok(stdout.includes(line), `${line}\n${stdout}`);
    }
    assert.equal(exit, 1);

    const xml = readFileSync(file, 'utf8');
    assert.match(xml, /<testsuite name="server3" tests="2" failures="1" skipped="0">/);
    assert.match(
      xml,
      /<testcase name="division-by-zero" classname="server3.required" [^>]*><failure /,
    );
    const { status, stderr } = parseXml(file);
    assert.equal(status, 0, stderr);
  });

  for (const [what, file, reason] of [
    [
      'in a folder that does not exist',
      '/nowhere/report.xml',
      'no such file or directory (ENOENT)',
    ],
    ['that is a folder', '/', 'illegal operation on a directory (EISDIR)'],
  ] as const) {
    it(`is 4 for a report ${what}, before the program is started`, async t => {
      const started = join(temporaryFolder(t), 'started');
      const command = ['sh', '-c', `touch ${started} {port}`];
      const { stdout, stderr, exit } = await check(t, 'server3', '--junit', file, '--', ...command);
      assert.equal(stderr, `calcd check: cannot write the report to '${file}': ${reason}\n`);
      assert.equal(stdout, '');
      assert.equal(exit, 4);
      assert.ok(!existsSync(started));
    });
  }

  it('is 4 when the report could not be written after the run', { skip: unlessLinux }, async t => {
    const args = ['server3', '--junit', '/dev/full', '--', 'false', '{port}'];
    const { stdout, stderr, exit } = await check(t, ...args);
    assert.match(stdout, /✗ answers/);
    assert.match(stderr, /^calcd check: cannot write the report to '\/dev\/full': .*\(ENOSPC\)\n$/);
    assert.equal(exit, 4);
  });

  it('is 1 with --json too', { skip }, async t => {
    const { stdout, exit } = await check(t, 'server3', '--json', ...DIES_OF_ZERO);
    const [report] = JSON.parse(stdout);
    assert.equal(report.passes, false);
    assert.deepEqual(report.scores[0], { level: 'required', passed: 1, of: 2 });
    const division = report.items.find(({ name }: { name: string }) => name === 'division-by-zero');
    assert.equal(division.verdict, 'failed');
    assert.equal(division.failure.sent, '1 / 0\\n');
    assert.equal(exit, 1);
  });
});

describe('calcd check --list', () => {
  it('lists the checks of a role', async t => {
    const { stdout, exit } = await check(t, 'server4', '--list');
    assert.match(stdout, /^echo-exact {2}\(required\) /m);
    assert.doesNotMatch(stdout, /^arithmetic/m);
    assert.equal(exit, 0);
  });
});

describe('the check survives', { skip }, () => {
  it('a program that prints without end', async () => {
    const results = await resultsOf('server3', words('awkward/floods.py'), ['arithmetic']);
    assert.deepEqual(failed(results), []);
  });

  it('a program that leaves a child behind, and ends the child', async t => {
    const file = join(temporaryFolder(t), 'children');
    const command = [...words('awkward/leaves-a-child.py'), file];
    const names = ['arithmetic', 'keeps-talking', 'decimals'];
    assert.deepEqual(failed(await resultsOf('server3', command, names)), []);
    const children = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    // One of the program of `answers`, one of the program that the three checks share, and on a busy
    // machine one more for each second attempt.
    assert.ok(children.length >= 2);
    // A process lives on for a moment after its SIGKILL.
    for (const pid of children) await eventually(() => isGone(pid), `the end of ${pid}`);
  });

  it('a program that greets', async () => {
    const names = ['arithmetic', 'at-once'];
    // A greeting has 200 ms, which a busy machine may exceed.
    await eventually(async () => {
      const results = await resultsOf('server3', words('awkward/greets.py'), names);
      return /greets on connect/.test(results.dialect ?? '') && failed(results).length === 0;
    }, 'the greeting to be noticed');
  });
});

describe('calcd check all', () => {
  it('finds the programs of a directory, builds them, and reports what is missing', {
    skip,
  }, async t => {
    const directory = temporaryFolder(t);
    copyFileSync(program('naive/server4.py'), join(directory, 'Server4.py'));
    copyFileSync(program('naive/client.py'), join(directory, 'client.py'));
    writeFileSync(join(directory, 'server2.c'), 'int main( {');
    symlinkSync('nowhere', join(directory, 'server3.py'));
    symlinkSync('server1.py', join(directory, 'server1.py'));
    const args = ['all', '--dir', directory, ...only('answers', 'connects')];
    const { stdout, stderr, exit } = await check(t, ...args);
    assert.match(stderr, /server1: not found/);
    assert.match(stdout, /^✓ server4 +required 1\/1$/m);
    assert.match(stdout, /^✓ client +required 1\/1$/m);
    assert.match(stdout, /^– server2 +server2: server2\.c: cc /m);
    assert.equal(exit, 1);
  });

  it('builds programs in C', { skip: unlessInstalled('cc', '--version') }, async t => {
    assert.match(await checkSubmission(t, 'server4.c'), /^✓ server4 +required 1\/1$/m);
  });

  it('runs programs in TypeScript', { skip: unlessTypeScript }, async t => {
    assert.match(await checkSubmission(t, 'server4.ts'), /^✓ server4 +required 1\/1$/m);
  });
});

/** A zombie counts as gone too. */
function isGone(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

function parseXml(file: string): { status: number | null; stderr: string } {
  const script = 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])';
  return spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
}
