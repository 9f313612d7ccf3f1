/** The layout that docs/design.md promises: which modules import which, and what only one file may do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Import, importsOfSource } from './imports.ts';

const IMPORTS = importsOfSource();
const FILES = [...IMPORTS.keys()];

/** A folder of src is a module, and so is a file that stands there alone. */
const moduleOf = (file: string): string => file.replace(/\/.*|\.ts$/, '');

describe('the modules', () => {
  it('import each other as docs/design.md draws them, arrow by arrow', () => {
    assert.deepEqual(drawnArrows(), arrows());
  });

  it('have the calculator and the sockets at the bottom, and the command line on top', () => {
    const upsideDown = arrows().filter(line =>
      /^(calculator|sockets) |^(?!program ).*> .*\bcli\b/.test(line),
    );
    assert.deepEqual(upsideDown, []);
  });

  /** Apart from program.ts, which starts the command line when a program is started itself. */
  it('import nothing in circles, not even types', () => {
    const finished = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), `a circle: ${[...path, file].join(' -> ')}`);
      if (finished.has(file)) return;
      if (file !== 'program.ts') {
        for (const imported of inSource(file)) visit(imported, [...path, file]);
      }
      finished.add(file);
    };
    for (const file of FILES) visit(file, []);
  });
});

describe('what only one file may do', () => {
  it('import koffi: sockets/ffi.ts', () => {
    const importers = FILES.filter(file => importsOf(file).some(({ of }) => of === 'koffi'));
    assert.deepEqual(importers, ['sockets/ffi.ts']);
  });

  it('end the process: cli.ts', () => {
    const ending = /\bprocess\.(exit|reallyExit|abort)\(|\bsystem\._exit\(/;
    const enders = FILES.filter(file => ending.test(readFileSync(join('src', file), 'utf8')));
    assert.deepEqual(enders, ['cli.ts']);
  });
});

describe('a server', () => {
  const SERVERS = FILES.filter(file =>
    /^(server\d|serving\/threads\/client-thread)\.ts$/.test(file),
  );
  const LOADED = new Set([
    ...reached(['cli.ts'], ({ dynamic }) => !dynamic),
    ...reached(SERVERS, ({ of }) => of !== 'cli.ts'),
  ]);

  it('is found', () => assert.equal(SERVERS.length, 5));

  for (const forbidden of ['net', 'process']) {
    it(`loads no node:${forbidden}`, () => {
      const names = [forbidden, `node:${forbidden}`];
      const importers = [...LOADED].filter(file =>
        importsOf(file).some(({ of }) => names.includes(of)),
      );
      assert.deepEqual(importers, []);
    });
  }
});

function importsOf(file: string): readonly Import[] {
  const imports = IMPORTS.get(file);
  assert.ok(imports, `${file} is imported and not there`);
  return imports;
}

function inSource(file: string): string[] {
  return importsOf(file)
    .map(({ of }) => of)
    .filter(name => name.endsWith('.ts'));
}

/** These files and all they import, one way or another. */
function reached(files: readonly string[], follows: (one: Import) => boolean): Set<string> {
  const found = new Set(files);
  for (const file of found) {
    for (const one of importsOf(file))
      if (one.of.endsWith('.ts') && follows(one)) found.add(one.of);
  }
  return found;
}

/** Each module that imports others, and which: `check --> arguments & calculator`. */
function arrows(): string[] {
  const targets = new Map<string, Set<string>>();
  for (const file of FILES) {
    const from = moduleOf(file);
    for (const to of inSource(file).map(moduleOf)) {
      if (from !== to) targets.set(from, (targets.get(from) ?? new Set()).add(to));
    }
  }
  return [...targets].map(([from, to]) => `${from} --> ${[...to].sort().join(' & ')}`).sort();
}

/** The same, as docs/design.md has it. */
function drawnArrows(): string[] {
  const design = readFileSync('docs/design.md', 'utf8');
  const [, drawing = ''] = /```mermaid\n([\s\S]*?)```/.exec(design) ?? [];
  return [...drawing.matchAll(/^ *([\w-]+ --> .+)$/gm)].map(([, arrow]) => arrow as string).sort();
}
