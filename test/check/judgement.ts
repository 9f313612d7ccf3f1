/**
 * The checks themselves are right: our own programs pass every check, simple correct programs pass all
 * required checks, and each wrong program fails its own check. Here a wrong program meets only that
 * check and a few others; `npm run test:check` runs all checks on each. This takes minutes, so it is
 * not part of the usual tests: `npm run test:judgement`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROLES } from '../../src/judge/check.ts';
import { catalogue } from '../../src/judge/checks/catalogue.ts';
import { passes } from '../../src/judge/result.ts';
import { CLI } from '../support/calcd.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { DEFECTS } from './defects.ts';
import { failed, resultsOf, words } from './run-program.ts';

const unlessPython = unlessInstalled('python3', '--version');

/** Quick checks that a wrong program must still pass. */
const BYSTANDERS = ['answers', 'connects', 'keeps-talking', 'prompts'];

const REQUIRED = catalogue()
  .filter(({ level }) => level === 'required')
  .map(({ name }) => name);

const NAIVE = [
  ['server1', 'server1.py'],
  ['server2', 'server2.py'],
  ['server2', 'forking-server2.py'],
  ['server3', 'server3.py'],
  ['server4', 'server4.py'],
  ['client', 'client.py'],
] as const;

describe('our own programs pass every check', { concurrency: 1 }, () => {
  for (const role of ROLES) {
    it(role, { skip: unlessLinux }, async () => {
      const program = await resultsOf(role, [process.execPath, CLI, role, '{ip}', '{port}']);
      const others = program.results
        .filter(({ status }) => status !== 'passed')
        .map(({ check, failure, reason }) => ({ name: check.name, reason, ...failure }));
      assert.deepEqual(others, []);
    });
  }
});

describe('simple correct programs pass all required checks', { concurrency: 2 }, () => {
  for (const [role, file] of NAIVE) {
    it(file, { skip: unlessPython }, async () => {
      const program = await resultsOf(role, words(`naive/${file}`), REQUIRED);
      assert.deepEqual(failed(program), []);
      assert.ok(passes(program));
    });
  }
});

describe('each wrong program fails its own check', { concurrency: 3 }, () => {
  for (const { role, file, fails } of DEFECTS) {
    it(`${role} ${file}: ${fails.join(', ')}`, {
      skip: file.endsWith('.py') ? unlessPython : false,
    }, async () => {
      const program = await resultsOf(role, words(`wrong/${file}`), [...fails, ...BYSTANDERS]);
      assert.deepEqual(failed(program).sort(), [...fails].sort());
    });
  }
});
