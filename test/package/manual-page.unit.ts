/** The manual page, made by the build from the table of commands. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { USAGES, type Usage } from '../../src/usage.ts';
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

  for (const [command, usage] of Object.entries(USAGES) as [string, Usage][]) {
    it(`tells of ${command} what its help tells`, () => {
      const { synopsis, summary, operands = [], options, example } = usage;
      const told = [
        `calcd ${command} ${synopsis}`,
        summary.slice(1),
        ...operands.map(({ name, help }) => `${name} ${help}`),
        ...options.map(({ name, value, help }) => `--${name} ${value ? `${value} ` : ''}${help}`),
        `Example: ${example}`,
      ];
      for (const text of told) assert.ok(shown.includes(text), text);
    });
  }
});
