/** When colours are wanted: by the terminal, the environment, and the user's own words. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { type ColourChoice, wantsColours } from '../../src/terminal/colours.ts';

type Environment = Record<string, string | undefined>;

const XTERM = { TERM: 'xterm' };

const CASES: [
  isTerminal: boolean,
  environment: Environment,
  choice: ColourChoice,
  wants: boolean,
][] = [
  [true, XTERM, 'auto', true],
  [true, { TERM: 'linux' }, 'auto', true],
  [false, XTERM, 'auto', false],
  [true, { TERM: 'dumb' }, 'auto', false],
  [true, { TERM: 'unknown' }, 'auto', false],
  [true, { TERM: '' }, 'auto', false],
  [true, { TERM: undefined }, 'auto', false],
  [true, { ...XTERM, NO_COLOR: '1' }, 'auto', false],
  [true, { ...XTERM, NO_COLOR: '' }, 'auto', true],
  [false, { ...XTERM, FORCE_COLOR: '1' }, 'auto', false],
  [true, { TERM: 'dumb' }, 'always', true],
  [false, { ...XTERM, NO_COLOR: '1' }, 'always', true],
  [true, XTERM, 'never', false],
];

for (const [isTerminal, environment, choice, wants] of CASES) {
  const where = isTerminal ? 'on a terminal' : 'elsewhere';
  it(`${wants ? 'colours' : 'no colours'} ${where}, ${JSON.stringify(environment)}, ${choice}`, t => {
    within(t, { NO_COLOR: undefined, FORCE_COLOR: undefined, ...environment });
    assert.equal(wantsColours(isTerminal, choice), wants);
  });
}

/** Sets the environment for the rest of the test. */
function within(t: TestContext, environment: Environment): void {
  const before = process.env;
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before };
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
