/** Quoted source is in the source, links lead somewhere, and the diffs of the servers are real. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { PAGES, textOf } from './pages.ts';

/** Files that the package does not hold are linked by address, so that its pages have no dead links. */
const REPOSITORY = 'https://github.com/calcd/calcd/blob/main/';

describe('the lines that docs/students.md quotes', () => {
  const parts = textOf('docs/students.md').matchAll(
    /\(\S+blob\/main\/(src\/\S+\.ts)\)|```ts\n(.*?)```/gs,
  );
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
      const links = [...textOf(page).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)];
      for (const [link, path = '', anchor] of links) {
        const ours = path.startsWith(REPOSITORY) ? path.slice(REPOSITORY.length) : undefined;
        if (!ours && /^https?:/.test(path)) continue;
        const target = ours ?? (path === '' ? page : join(dirname(page), path));
        assert.ok(existsSync(target), link);
        if (anchor) assert.ok(anchorsOf(target).includes(anchor), link);
      }
    });
  }
});

describe('the tests that docs/security.md quotes', () => {
  const folder = 'test/servers';
  const files = readdirSync(folder).filter(name => name.endsWith('.test.ts'));
  const tests = files.map(name => readFileSync(join(folder, name), 'utf8')).join('\n');
  const [, table = ''] = /\| shown by \|\n(.*?)\n\n/s.exec(textOf('docs/security.md')) ?? [];
  const lastCells = table.split('\n').map(row => row.split(' | ').at(-1) as string);
  const quoted = [...lastCells.join('\n').matchAll(/`([^`\n]+ [^`\n]+)`/g)];
  for (const [, name = ''] of quoted.filter(([, name]) => !name?.startsWith('npm run '))) {
    it(`exist: ${name}`, () => assert.ok(tests.includes(`'${name}`)));
  }
});

/** With UPDATE=1 the page is written instead: after a change of the servers. */
describe('the diffs in docs/students.md', () => {
  const page = 'docs/students.md';
  for (const [, older = '', newer = ''] of textOf(page).matchAll(/^```diff (\S+) (\S+)$/gm)) {
    it(`${older} to ${newer}`, t => {
      const fence = new RegExp(`(\`\`\`diff ${older} ${newer}\\n)(.*?)\`\`\``, 's');
      const folder = temporaryFolder(t);
      for (const file of [older, newer]) {
        writeFileSync(join(folder, file), codeOf(readFileSync(join('src', file), 'utf8')));
      }
      const { stdout } = spawnSync('diff', ['-U99', older, newer], {
        cwd: folder,
        encoding: 'utf8',
      });
      // All lines of both files, after a head of three lines.
      const real = stdout.split('\n').slice(3).join('\n');
      if (env.UPDATE) writeFileSync(page, textOf(page).replace(fence, `$1${real}\`\`\``));
      assert.equal(fence.exec(textOf(page))?.[2], real);
    });
  }
});

/** Without comments, imports and empty lines. */
function codeOf(source: string): string {
  return source.replace(/^ *\/\*\*.*?\*\/\n|^import [^;]*;\n|^\n/gms, '');
}

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
