/** The shells' completions: bash runs its script; zsh and fish, where installed, check the syntax. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { SHELLS } from '../../src/commands.ts';
import { ROLES } from '../../src/judge/check.ts';
import { calcd } from '../support/calcd.ts';
import { silentProgram } from '../support/commands.ts';
import { unlessInstalled } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = silentProgram();
const HELP = PROGRAM.createHelp();
const COMMANDS = HELP.visibleCommands(PROGRAM);

const SCRIPTS = {
  bash: await script('bash'),
  zsh: await script('zsh'),
  fish: await script('fish'),
};

async function script(shell: keyof typeof SHELLS): Promise<string> {
  return (await SHELLS[shell]())(PROGRAM);
}

const optionsOf = (command: Command): string[] =>
  HELP.visibleOptions(command).map(({ long }) => long as string);

describe('calcd completion', () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    it(`prints a script for ${shell} that names every command and option`, async t => {
      const printed = await calcd(t, ['completion', shell]).stdout.rest();
      assert.equal(printed, script);
      for (const command of COMMANDS) {
        assert.ok(printed.includes(command.name()), command.name());
        for (const name of optionsOf(command)) assert.ok(printed.includes(name.slice(2)), name);
      }
    });
  }

  it('knows the roles that calcd check knows', () => {
    const [role] = COMMANDS.find(one => one.name() === 'check')?.registeredArguments ?? [];
    assert.deepEqual(role?.argChoices, [...ROLES, 'all']);
  });
});

describe('bash completes', { skip: unlessInstalled('bash', '--version') }, () => {
  /** What Tab offers at the end of the line. */
  function offered(line: string): string[] {
    const script = `${SCRIPTS.bash}
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _calcd
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const words = ['--norc', '-uc', script, 'bash', ...line.split(' ')];
    const { stdout, stderr } = spawnSync('bash', words, { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.trim().split('\n');
  }

  it('the commands', () => {
    const names = COMMANDS.map(command => command.name());
    assert.deepEqual(offered('calcd '), [...names, '--version', '--help']);
    assert.deepEqual(
      offered('calcd ser'),
      names.filter(name => name.startsWith('ser')),
    );
  });

  for (const command of COMMANDS.filter(one => optionsOf(one).length > 0)) {
    it(`the options of ${command.name()}`, () => {
      assert.deepEqual(offered(`calcd ${command.name()} --`), optionsOf(command));
    });
  }

  it('the values of options', () => {
    assert.deepEqual(offered('calcd server3 --log '), ['text', 'json']);
    assert.deepEqual(offered('calcd client --color n'), ['never']);
  });

  it('commands, roles and shells', () => {
    assert.deepEqual(offered('calcd help cl'), ['client']);
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
    writeFileSync(script, SCRIPTS[shell]);
    const { status, stderr } = spawnSync(shell, ['-n', script]);
    assert.equal(String(stderr), '');
    assert.equal(status, 0);
  });
}
