/** The shells' completions: bash is asked for real, the others for their syntax, where they are. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { completion } from '../../src/completion/completion-command.ts';
import { ROLES } from '../../src/judge/check.ts';
import { SHELLS, USAGES, type Usage } from '../../src/usage.ts';
import { calcd } from '../support/calcd.ts';
import { unlessInstalled } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const COMMANDS: [string, Usage][] = Object.entries(USAGES);

const optionsOf = ({ options }: Usage): string[] => options.map(({ name }) => `--${name}`);

describe('calcd completion', () => {
  for (const shell of SHELLS) {
    it(`prints a script for ${shell} that names every command and option`, async t => {
      const printed = await calcd(t, ['completion', shell]).stdout.rest();
      assert.equal(printed, `${completion([shell])}\n`);
      for (const [command, { options }] of COMMANDS) {
        assert.ok(printed.includes(command), command);
        for (const { name } of options) assert.ok(printed.includes(name), name);
      }
    });
  }

  const WRONG: [words: string[], complaint: RegExp][] = [
    [[], /^SHELL is missing: bash, zsh, fish$/],
    [['bsah'], /^no completions for 'bsah' \(did you mean 'bash'\?\): bash, zsh, fish$/],
    [['bash', 'zsh'], /^unexpected argument 'zsh'$/],
  ];
  for (const [words, complaint] of WRONG) {
    it(`is wrong usage: calcd completion ${words.join(' ')}`, () => {
      assert.throws(() => completion(words), { name: 'UsageError', message: complaint });
    });
  }

  it('knows the roles that calcd check knows', () => {
    const [role] = (USAGES.check as Usage).operands ?? [];
    assert.deepEqual(role?.choices, [...ROLES, 'all']);
  });
});

describe('bash completes', { skip: unlessInstalled('bash', '--version') }, () => {
  /** What Tab offers at the end of the line. */
  function offered(line: string): string[] {
    const script = `${completion(['bash'])}
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _calcd
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const words = ['--norc', '-uc', script, 'bash', ...line.split(' ')];
    const { stdout, stderr } = spawnSync('bash', words, { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  }

  it('the commands', () => {
    const names = COMMANDS.map(([name]) => name);
    assert.deepEqual(offered('calcd '), [...names, '--help', '--version']);
    assert.deepEqual(
      offered('calcd ser'),
      names.filter(name => name.startsWith('ser')),
    );
  });

  for (const [command, usage] of COMMANDS) {
    it(`the options of ${command}`, () => {
      assert.deepEqual(offered(`calcd ${command} --`), optionsOf(usage));
    });
  }

  it('roles and shells', () => {
    assert.deepEqual(offered('calcd check cl'), ['client']);
    assert.deepEqual(offered('calcd check --json s'), ['server1', 'server2', 'server3', 'server4']);
    assert.deepEqual(offered('calcd completion '), ['--help', 'bash', 'zsh', 'fish']);
  });

  it("files, by bash itself, for values and another program's words", () => {
    assert.deepEqual(offered('calcd check --junit '), ['']);
    assert.deepEqual(offered('calcd check server1 -- --'), ['']);
  });
});

for (const [shell, probe] of [
  ['zsh', '--version'],
  ['fish', '--version'],
] as const) {
  it(`${shell} can read its script`, { skip: unlessInstalled(shell, probe) }, t => {
    // From a file: fish reads no script from a socket, as the input of a child is.
    const script = join(temporaryFolder(t), 'script');
    writeFileSync(script, completion([shell]));
    const { status, stderr } = spawnSync(shell, ['-n', script]);
    assert.equal(String(stderr), '');
    assert.equal(status, 0);
  });
}
