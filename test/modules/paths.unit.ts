/**
 * The paths from a server to `recv` and `send` that docs/design.md draws: each file leads to the next
 * one, and a reader has few of them to read.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { importsOfSource } from './imports.ts';

/** A file of src and the calls in it that lead on. */
interface Step {
  readonly file: string;
  readonly calls: readonly string[];
}

const IMPORTS = importsOfSource();

/** "About 800 lines", comments included. */
const MOST_LINES = 900;

const [, section = ''] =
  /## From a server to `recv` and `send`\n([\s\S]*?)\n## /.exec(
    readFileSync('docs/design.md', 'utf8'),
  ) ?? [];
const TABLES = section.split(/\n\n/).filter(paragraph => paragraph.startsWith('| file |'));
const PATHS = TABLES.map(stepsIn);

function stepsIn(table: string): Step[] {
  const rows = table.trim().split('\n').slice(2);
  return rows.map(row => {
    const [file = '', ...calls] = [...row.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
    return { file, calls };
  });
}

const imports = (from: string, to: string): boolean =>
  IMPORTS.get(from.slice('src/'.length))?.some(({ of }) => `src/${of}` === to) ?? false;

describe('the path from a server to recv and send', () => {
  it('is drawn for select and for threads', () => {
    assert.deepEqual(
      PATHS.map(([first]) => first?.file),
      ['src/server3.ts', 'src/server2.ts'],
    );
  });

  for (const path of PATHS) {
    it(`of ${path[0]?.file} has each call in its file`, () => {
      for (const { file, calls } of path) {
        assert.ok(calls.length > 0, file);
        for (const call of calls)
          assert.ok(readFileSync(file, 'utf8').includes(call), `${file}: ${call}`);
      }
    });

    /** Where a file calls an interface, the next file imports it from there. */
    it(`of ${path[0]?.file} follows the imports`, () => {
      for (const [index, { file }] of path.slice(1).entries()) {
        const before = (path[index] as Step).file;
        assert.ok(imports(before, file) || imports(file, before), `${before} → ${file}`);
      }
    });
  }

  it('is the same for server1 and server4', () => {
    for (const name of ['server1', 'server4']) {
      for (const file of ['src/serving/server.ts', 'src/serving/select/sessions.ts']) {
        assert.ok(imports(`src/${name}.ts`, file), `${name}: ${file}`);
      }
    }
  });

  it('has at most 7 files, for server2 two more, and can be read in one go', () => {
    const [select = [], threads = []] = PATHS;
    assert.ok(select.length <= 7 && threads.length <= 9);
    const lines = select.map(({ file }) => readFileSync(file, 'utf8').split('\n').length - 1);
    const sum = lines.reduce((total, count) => total + count);
    assert.ok(sum <= MOST_LINES, `${sum} lines: ${lines.join(' + ')}`);
  });
});

describe('the files of src', () => {
  it('have names of their own', () => {
    const names = [...IMPORTS.keys()].map(file => file.replace(/.*\//, ''));
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});
