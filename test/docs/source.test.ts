/** What the documentation quotes of the source is there, and where its links lead there is something. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { PAGES, textOf } from './pages.ts';

describe('the lines that docs/students.md quotes', () => {
  const parts = textOf('docs/students.md').matchAll(/\(\.\.\/(src\/.+?\.ts)\)|```ts\n(.*?)```/gs);
  let source = '';
  for (const [, link, quotation] of parts) {
    if (link) source = link;
    if (!quotation) continue;
    const file = source;
    it(`are in ${file}: ${quotation.slice(0, quotation.indexOf('\n'))}`, () => {
      assert.ok(isIn(unindented(readFileSync(file, 'utf8')), unindented(quotation)), quotation);
    });
  }
});

describe('the links', () => {
  for (const page of PAGES) {
    it(`of ${page} lead somewhere`, () => {
      const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
      for (const [link, path = '', anchor] of links) {
        const target = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(target), link);
        if (anchor) assert.ok(anchorsOf(target).includes(anchor), link);
      }
    });
  }
});

/** A line `// …` in a quotation stands for any lines, or none. */
function isIn(source: string, quotation: string): boolean {
  let from = 0;
  return quotation.split('// …\n').every(part => {
    const start = source.indexOf(part, from);
    from = start + part.length;
    return start >= 0;
  });
}

function unindented(text: string): string {
  return text.replace(/^ +/gm, '');
}

/** As forges make them of headings. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
