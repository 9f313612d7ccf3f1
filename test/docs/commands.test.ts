/** Every command in the documentation is run, or has an entry here with the reason why not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { calcd, startServer } from '../support/calcd.ts';
import { commandNamed } from '../support/commands.ts';
import { unlessInstalled } from '../support/installed.ts';
import { fences, PAGES, textOf } from './pages.ts';

/** Why a command is not run here. */
const NOT_RUN_HERE: readonly [RegExp, string][] = [
  [/^npm (ci|test|pack)/, 'the suite itself needs what it does; test:nodes packs'],
  [/^npm install/, 'test:nodes installs the package'],
  [/^npm run bench/, 'measures for minutes'],
  [/calcd (server\d|client) 127\.0\.0\.1 5000$/, 'examples.test.ts runs it'],
  [/^(node|npx tsx) src\/server1\.ts /, 'test/cli/programs.test.ts runs it'],
  [/^npx calcd try /, 'test/try runs it'],
  [/calcd check /, 'judges programs that are not here; test/check judges others'],
  [/^strace /, 'traces.test.ts runs it'],
  [/^sudo |^\/opt\/calcd|^journalctl |^systemd-analyze /, 'changes the machine, or needs what did'],
  [/^nc |^printf .*\| nc /, 'is for a server of the reader'],
  [/^mkdir -p reports$|^for /, 'judges sixty submissions that are not here'],
];

/** In a console the lines after `$`; in a script each line, a loop as a whole. */
const commands = fences().flatMap(({ page, kind, text }) => {
  const lines =
    kind === 'console'
      ? [...text.matchAll(/^\$ (.*)/gm)].map(([, line]) => line as string)
      : kind === 'sh'
        ? text.trimEnd().split(/\n(?! |done)/)
        : [];
  return lines.map(line => ({ page, line: line.replace(/ +#.*/, '') }));
});

/** Commands in the prose. */
const mentioned = PAGES.flatMap(page =>
  [...textOf(page).matchAll(/`((?:npx )?calcd [^`]+|npm run [^`]+)`/g)].map(([, words = '']) => ({
    page,
    line: words.replaceAll('\n', ' '),
  })),
);

describe('the commands in the documentation', { concurrency: true }, () => {
  it('stand in fences that say what they are', () => {
    assert.deepEqual(
      fences().filter(({ kind }) => kind === ''),
      [],
    );
  });

  it('are not run for reasons that apply', () => {
    const idle = NOT_RUN_HERE.filter(([which]) => !commands.some(({ line }) => which.test(line)));
    assert.deepEqual(idle, []);
  });

  for (const { page, line } of commands) {
    it(`${page}: ${line}`, async t => {
      isUnderstood(line);
      if (NOT_RUN_HERE.some(([which]) => which.test(line))) return;
      await runClient(t, line);
    });
  }

  it('are understood where the prose mentions them', () => {
    assert.ok(mentioned.length > 20);
    for (const { page, line } of mentioned) {
      assert.doesNotThrow(() => isUnderstood(line), `${page}: ${line}`);
    }
  });
});

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };

/** Its commands, options and scripts exist. */
function isUnderstood(line: string): void {
  for (const [name = '', ...more] of callsOfCalcd(line)) {
    const { unknown } = commandNamed(name).parseOptions(more);
    assert.deepEqual(
      unknown.filter(word => word !== '--help'),
      [],
    );
  }
  const script = /npm run ([\w:]+)/.exec(line)?.[1];
  if (script) assert.ok(script in scripts, `npm run ${script}`);
}

/** The rest are clients of a server, with their output below the command. */
async function runClient(t: TestContext, line: string): Promise<void> {
  const { port } = await startServer(t, 'server3');
  const [words = []] = callsOfCalcd(line);
  assert.equal(words[0], 'client', `is neither run nor excused: ${line}`);
  // On a busy machine a reply may take longer than a reader of the page would wait.
  const patient = words.map((word, index) => (words[index - 1] === '--timeout' ? '60' : word));
  const client = calcd(t, [...patient.slice(0, -1), String(port)]);
  const shown = fences().find(({ text }) => text.startsWith(`$ ${line}\n`))?.text ?? '';
  const printed = await client.stdout.rest();
  const expected = shown.slice(shown.indexOf('\n') + 1);
  if (expected) assert.equal(printed, expected);
  assert.equal(await client.exit(), 0);
}

/** The words of each `calcd` in a line, without quotation marks. */
function callsOfCalcd(line: string): string[][] {
  return [...line.matchAll(/(?:^ *|npx )calcd (?!--)([^|<>\n]*)/gm)].map(([, words = '']) =>
    (words.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map(word => word.replace(/^(['"])(.*)\1$/, '$2')),
  );
}

describe('the settings in docs/operators.md', () => {
  const setting = (kind: string): string =>
    fences().find(fence => fence.page === 'docs/operators.md' && fence.kind === kind)?.text ?? '';

  const accepted = (program: string, words: string[], name: string, text: string): void => {
    const folder = mkdtempSync(join(tmpdir(), 'calcd-settings-'));
    try {
      writeFileSync(join(folder, name), text);
      const { status, stdout, stderr } = spawnSync(program, [...words, join(folder, name)], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
      assert.ok(!stderr.includes(name), stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('are a unit that systemd takes', {
    skip: unlessInstalled('systemd-analyze', '--version'),
  }, () => {
    const unit = setting('ini').replace('/opt/calcd/bin/calcd', execPath);
    accepted('systemd-analyze', ['verify'], 'calcd.service', unit);
  });

  it('are a configuration that HAProxy takes', { skip: unlessInstalled('haproxy', '-v') }, () => {
    accepted('haproxy', ['-c', '-f'], 'haproxy.cfg', setting('haproxy'));
  });
});
