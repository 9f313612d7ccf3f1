/** The manual page, made by the build from the table of commands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../src/commands.ts';
import { commandNamed } from '../support/commands.ts';
import { unlessInstalled } from '../support/installed.ts';

const PAGE = 'dist/man/calcd.1';

describe('the manual page', { skip: unlessInstalled('groff', '--version') }, () => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-ww', PAGE], {
    encoding: 'utf8',
  });
  const shown = stdout.replace(/\s+/g, ' ');

  it('is read by groff without a warning', () => {
    assert.equal(stderr, '');
  });

  for (const [name, { summary, example }] of Object.entries(COMMANDS)) {
    it(`tells of ${name} what its help tells`, () => {
      const command = commandNamed(name);
      const told = [
        `calcd ${name} ${command.usage()}`,
        summary,
        ...command.registeredArguments.map(one => `${one.name()} ${one.description}`),
        ...command.options.map(({ flags, description }) => `${flags} ${description}`),
        `Example: ${example}`,
      ];
      for (const text of told) assert.ok(shown.includes(text), text);
    });
  }
});
