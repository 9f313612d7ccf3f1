/**
 * The check judges right: our own programs pass every item, naive programs that are right pass all
 * that is required, and each wrong program fails its own item. Here every wrong program is tried on
 * that item and one or two others; `npm run test:check` tries each on all. It takes minutes, so it is
 * not part of the usual tests: `npm run test:judgement`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROLES } from '../../src/judge/item.ts';
import { catalogue } from '../../src/judge/items/catalogue.ts';
import { passes } from '../../src/judge/verdict.ts';
import { CLI } from '../support/calcd.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { DEFECTS } from './defects.ts';
import { failed, judge, words } from './judge.ts';

const unlessPython = unlessInstalled('python3', '--version');

/** Quick items that a wrong program must still pass. */
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

describe('our own programs pass every item', { concurrency: 1 }, () => {
  for (const role of ROLES) {
    it(role, { skip: unlessLinux }, async () => {
      const judged = await judge(role, [process.execPath, CLI, role, '{ip}', '{port}']);
      const others = judged.outcomes
        .filter(({ verdict }) => verdict !== 'passed')
        .map(({ item, failure, reason }) => ({ name: item.name, reason, ...failure }));
      assert.deepEqual(others, []);
    });
  }
});

describe('programs that are naive and right pass all that is required', { concurrency: 2 }, () => {
  for (const [role, file] of NAIVE) {
    it(file, { skip: unlessPython }, async () => {
      const judged = await judge(role, words(`naive/${file}`), REQUIRED);
      assert.deepEqual(failed(judged), []);
      assert.ok(passes(judged));
    });
  }
});

describe('each wrong program fails its own item', { concurrency: 3 }, () => {
  for (const { role, file, fails } of DEFECTS) {
    it(`${role} ${file}: ${fails.join(', ')}`, {
      skip: file.endsWith('.py') ? unlessPython : false,
    }, async () => {
      const judged = await judge(role, words(`wrong/${file}`), [...fails, ...BYSTANDERS]);
      assert.deepEqual(failed(judged).sort(), [...fails].sort());
    });
  }
});
