/**
 * Every command with standard streams that fail: closed, full, not to be read. A reader that has
 * gone ends a command quietly; lost output, or input that cannot be read, is one line and exit 1.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type Calcd, CLI, calcd, run, startServer } from '../support/calcd.ts';
import { fakeServer } from '../support/fake-server.ts';
import { unlessLinux } from '../support/installed.ts';
import { withPatienceForGreetings } from '../support/patched.ts';
import { reservedPort } from '../support/ports.ts';
import { Scope } from '../support/scope.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Command {
  readonly words: readonly string[];
  /** Without a fault. */
  readonly exit: number;
  readonly writes: readonly ('output' | 'errors')[];
  readonly readsInput?: true;
  /** A server's log may be lost: it serves on. */
  readonly isServer?: true;
}

const PORT = 'PORT';
const client = (...options: string[]): Command => ({
  words: ['client', ...options, '127.0.0.1', PORT],
  exit: 0,
  writes: ['output'],
  ...(!options.includes('--eval') && { readsInput: true }),
});
const server = (name: string): Command => ({
  words: [name, '--until-eof', '127.0.0.1', '0'],
  exit: 0,
  writes: ['output'],
  isServer: true,
});
const prints = (...words: string[]): Command => ({ words, exit: 0, writes: ['output'] });
const complains = (exit: number, ...words: string[]): Command => ({
  words,
  exit,
  writes: ['errors'],
});
/** A program that ends at once, which the report shows. */
const check = (...options: string[]): Command => ({
  words: ['check', 'server4', ...options, '--', 'false', '{port}'],
  exit: 3,
  writes: ['output'],
});

const COMMANDS: readonly Command[] = [
  prints('--help'),
  prints('--version'),
  prints('server2', '--help'),
  prints('completion', 'bash'),
  prints('check', '--list'),
  check(),
  check('--json'),
  check('--junit', '/dev/null'),
  client(),
  client('--quiet'),
  client('--json'),
  client('--eval', '22 + 44'),
  { words: ['try'], exit: 0, writes: ['output'], readsInput: true },
  ...['server1', 'server2', 'server3', 'server4'].map(server),
  complains(2),
  complains(2, 'serve'),
  complains(2, 'client', '127.0.0.1'),
  complains(1, 'server3', '192.0.2.1', '5000'),
];

type Fault = 'closed' | 'without a reader' | 'full' | 'a directory' | 'open for writing';
type Stream = 'stdin' | 'stdout' | 'stderr';
const NUMBERS: Record<Stream, number> = { stdin: 0, stdout: 1, stderr: 2 };

const FAULTS: readonly [stream: Stream, fault: Fault][] = [
  ['stdout', 'closed'],
  ['stdout', 'without a reader'],
  ['stdout', 'full'],
  ['stderr', 'closed'],
  ['stderr', 'without a reader'],
  ['stderr', 'full'],
  ['stdin', 'closed'],
  ['stdin', 'a directory'],
  ['stdin', 'open for writing'],
];

describe('standard streams that fail', { concurrency: 2, skip: unlessLinux }, () => {
  const scope = new Scope();
  let port: number;
  before(async () => {
    ({ port } = await startServer(scope, 'server3'));
  });
  after(() => scope.end());

  for (const command of COMMANDS) {
    for (const [stream, fault] of FAULTS) {
      const mayMatter = stream !== 'stdin' || command.readsInput || command.isServer;
      if (!mayMatter && fault !== 'closed') continue;
      it(`calcd ${command.words.join(' ')}: ${stream} is ${fault}`, async t => {
        const words = command.words.map(word => (word === PORT ? String(port) : word));
        const running = start(t, words, stream, fault);
        const [complaint, output] = [await running.stderr.rest(), await running.stdout.rest()];
        const { exit, line } = expected(command, stream, fault);
        assert.equal(await running.exit(), exit, complaint);
        assert.doesNotMatch(complaint, /^\s+at |node:internal|Error:/m);
        if (line) assert.match(complaint, line);
        else if (stream !== 'stderr')
          assert.equal(complaint !== '', command.writes.includes('errors'));
        if (stream === 'stderr') assert.equal(output !== '', command.writes.includes('output'));
      });
    }
  }
});

function expected(
  { exit, writes, readsInput, isServer }: Command,
  stream: Stream,
  fault: Fault,
): { exit: number; line?: RegExp } {
  if (stream === 'stdout' && fault === 'full' && writes.includes('output') && !isServer) {
    return { exit: 1, line: /^calcd: cannot write standard output: no space .* \(ENOSPC\)\n$/ };
  }
  if (stream === 'stdin' && fault !== 'closed' && readsInput) {
    return { exit: 1, line: /^calcd: cannot read standard input: .* \((EISDIR|EBADF)\)\n$/ };
  }
  return { exit };
}

/** Runs calcd with one line as its input, and one of its streams as described. */
function start(t: TestContext, words: readonly string[], stream: Stream, fault: Fault): Calcd {
  const folder = temporaryFolder(t);
  const input = join(folder, 'input');
  writeFileSync(input, '22 + 44\n');
  const command = [execPath, CLI, ...words];
  const stdio: (number | 'pipe')[] = [openSync(input, 'r'), 'pipe', 'pipe'];
  if (fault !== 'closed') stdio[NUMBERS[stream]] = openFaulty(folder, fault);
  const closing = ['sh', '-c', `exec "$@" ${NUMBERS[stream]}>&-`, 'sh', ...command];
  const running = run(t, fault === 'closed' ? closing : command, { stdio });
  for (const one of stdio) if (one !== 'pipe') closeSync(one);
  return running;
}

function openFaulty(folder: string, fault: Fault): number {
  if (fault === 'full') return openSync('/dev/full', 'w');
  if (fault === 'a directory') return openSync(folder, 'r');
  if (fault === 'open for writing') return openSync(join(folder, 'input'), 'a');
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const reader = openSync(pipe, constants.O_RDWR);
  const writer = openSync(pipe, constants.O_WRONLY);
  closeSync(reader);
  return writer;
}

describe('output that is lost in part', { skip: unlessLinux }, () => {
  it('is reported when a file cannot grow', async t => {
    const file = join(temporaryFolder(t), 'list');
    const limited = `ulimit -f 1; exec '${execPath}' '${CLI}' check --list >'${file}'`;
    const listing = run(t, ['sh', '-c', limited]);
    assert.match(
      await listing.stderr.rest(),
      /^calcd: cannot write standard output: file too large \(EFBIG\)\n$/,
    );
    assert.equal(await listing.exit(), 1);
    assert.match(readFileSync(file, 'utf8'), /^answers/);
  });

  it('is reported when standard output is not a stream', async t => {
    const running = run(t, ['sh', '-c', `exec '${execPath}' '${CLI}' --version 1</`]);
    assert.match(await running.stderr.rest(), /^calcd: cannot write standard output: .*\n$/);
    assert.equal(await running.exit(), 1);
  });

  it('is a failure on standard error too', async t => {
    const port = await fakeServer(t, socket => {
      socket.write('Welcome\n');
      socket.on('data', () => socket.write('66\n'));
    });
    const cli = withPatienceForGreetings(t);
    const words = `'${execPath}' '${cli}' client --eval 22+44 127.0.0.1 ${port} 2>/dev/full`;
    const asking = run(t, ['sh', '-c', `exec ${words}`]);
    assert.equal(await asking.stdout.rest(), '66\n');
    assert.equal(await asking.exit(), 1);
  });
});

/** A module that is loaded before calcd, and breaks something. */
const preload = (code: string): { env: NodeJS.ProcessEnv } => ({
  env: {
    ...process.env,
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}`,
  },
});

/** Code that runs when the command line does. */
function whenReady(code: string): string {
  return `const timer = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return;
    clearInterval(timer);
    ${code}
  });`;
}

describe('an unexpected error', () => {
  const nowhere = { env: { ...process.env, TMPDIR: '/nowhere' } };
  const words = ['check', 'all', '--dir', '.'];

  it('is one line when the system refuses something', async t => {
    const refused = calcd(t, words, nowhere);
    assert.match(await refused.stderr.rest(), /^calcd: ENOENT: .*mkdtemp '\/nowhere\/.*\n$/);
    assert.equal(await refused.exit(), 1);
  });

  it('shows where, on demand', async t => {
    const env = { ...nowhere.env, NODE_DEBUG: 'calcd' };
    assert.match(await calcd(t, words, { env }).stderr.rest(), /^ +at .*judge\/check-command\.js/m);
  });

  const FAULTS_OF_CALCD: [when: string, code: string][] = [
    [
      'at once',
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
       fs.mkdtempSync = () => { throw new TypeError('broken'); }; syncBuiltinESMExports();`,
    ],
    ['later', whenReady(`throw new TypeError('broken');`)],
    ['in a promise', whenReady(`Promise.reject(new TypeError('broken'));`)],
  ];
  for (const [when, code] of FAULTS_OF_CALCD) {
    it(`is reported with its stack when calcd has a fault: ${when}`, async t => {
      const waiting = ['client', '--retry', '127.0.0.1', String(reservedPort(t).port)];
      const broken = calcd(t, when === 'at once' ? words : waiting, preload(code));
      const complaint = await broken.stderr.rest();
      assert.match(complaint, /^calcd: this is a fault of calcd, .*: TypeError: broken$/m);
      assert.match(complaint, /^ +at /m);
      assert.equal(await broken.exit(), 1);
    });
  }
});
