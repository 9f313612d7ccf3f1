/** The code in docs/library.md is real. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { calculate } from '../../src/calculator/calculate.ts';

describe('docs/library.md', () => {
  const page = readFileSync('docs/library.md', 'utf8');

  it('shows examples/echo.ts as it is', () => {
    assert.ok(page.includes(`\`\`\`ts\n${readFileSync('examples/echo.ts', 'utf8')}\`\`\``));
  });

  it('shows the results of the calculator', () => {
    const lines = [...page.matchAll(/^calculate\('(.+)'\); \/\/ (.+)$/gm)];
    assert.equal(lines.length, 3);
    for (const [, expression, shown] of lines as unknown as [string, string, string][]) {
      const thrown = /^throws (.+)$/.exec(shown)?.[1];
      if (thrown) assert.throws(() => calculate(expression), { stack: new RegExp(`^${thrown}`) });
      else assert.equal(`'${calculate(expression)}'`, shown);
    }
  });
});
