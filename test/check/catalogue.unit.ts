/** Each check is explained in docs/check.md and is failed by a wrong program; the graders' list is covered. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { catalogue } from '../../src/judge/checks/catalogue.ts';
import { DEFECTS } from './defects.ts';
import { program } from './run-program.ts';

const page = readFileSync(new URL('../../docs/check.md', import.meta.url), 'utf8');

describe('every check', () => {
  for (const { name, roles } of catalogue()) {
    it(`${name}, of ${roles.join(', ')}`, () => {
      assert.match(page, new RegExp(`^#+ ${name}$`, 'm'), 'has a section in docs/check.md');
      const proof = DEFECTS.find(({ role, fails }) => roles.includes(role) && fails.includes(name));
      assert.ok(proof, 'is failed by a wrong program');
      assert.ok(existsSync(program(`wrong/${proof.file}`)), proof.file);
    });
  }
});

/** What the graders of the original assignment look at, by the names of their list. */
const GRADERS = [
  ['server1', 'T1 T2 T3'],
  ['server2', 'T10 T4 T5 T6'],
  ['server3', 'T10 T7 T8 T9'],
] as const;

describe("the graders' list", () => {
  for (const [role, tests] of GRADERS) {
    it(`is covered for ${role}: ${tests}`, () => {
      const named = catalogue().flatMap(({ graders }) => graders?.[role] ?? []);
      assert.equal(named.sort().join(' '), tests);
    });
  }
});
