import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestion } from '../../src/suggestion.ts';

const NAMES = ['server1', 'server2', 'client', 'try', '--quiet'];

const CASES: [typed: string, meant: string[]][] = [
  ['sever1', ['server1']],
  ['serverr2', ['server2']],
  ['server3', ['server1', 'server2']],
  ['cleint', ['client']],
  ['clinet', ['client']],
  ['klyent', ['client']],
  ['tyr', ['try']],
  ['--quite', ['--quiet']],
  ['xyz', []],
  ['t', []],
  ['', []],
  ['sreevr', []],
  ['x'.repeat(1_000_000), []],
];
for (const [typed, meant] of CASES) {
  test(`${typed.slice(0, 10) || 'nothing'} may mean ${meant.join(' or ') || 'anything'}`, () => {
    const expected = meant.map(name => `'${name}'`).join(' or ');
    assert.equal(suggestion(typed, NAMES), expected && ` (did you mean ${expected}?)`);
  });
}
