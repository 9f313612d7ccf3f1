/** What is published: the files of the package, and the names it exports. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

/** Every file of the package is one of these, and each of these stands for one at least. */
const FILES: readonly RegExp[] = [
  /^package\.json$/,
  /^README\.md$/,
  /^CHANGELOG\.md$/,
  /^LICENSE$/,
  /^docs\/.+\.(md|svg)$/,
  /^bench\/results\/.+\.(md|svg)$/,
  /^examples\/\w+\.ts$/,
  /^dist\/cli\.js$/,
  /^dist\/(completion|judge|try)\/[\w-]+\.js$/,
  /^dist\/(client|server[1-4])\.js$/,
  /^dist\/client-thread\.cjs$/,
  /^dist\/sockets\/(index|system-calls)\.js$/,
  /^dist\/sockets\/(index|address|node-loop|select|socket|socket-options|system-error)\.d\.ts$/,
  /^dist\/calculator\/calculate\.js$/,
  /^dist\/calculator\/(calculate|errors)\.d\.ts$/,
  /^dist\/man\/calcd\.1$/,
  /^dist\/commander-LICENSE$/,
];

describe('the package', () => {
  it('holds what its users need and nothing else', () => {
    const files = packedFiles();
    const unexpected = files.filter(file => !FILES.some(pattern => pattern.test(file)));
    const missing = FILES.filter(pattern => !files.some(file => pattern.test(file)));
    assert.deepEqual({ unexpected, missing }, { unexpected: [], missing: [] });
  });

  it('has pages whose links lead to a file of the package', () => {
    const files = packedFiles();
    const dead = files
      .filter(file => file.endsWith('.md'))
      .flatMap(page =>
        [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/g)]
          .map(([, path = '']) => join(dirname(page), path))
          .filter(target => !files.includes(target))
          .map(target => `${page}: ${target}`),
      );
    assert.deepEqual(dead, []);
  });

  it('has types that import only types of the package', () => {
    const files = packedFiles();
    const missing = files
      .filter(file => file.endsWith('.d.ts'))
      .flatMap(file =>
        [...readFileSync(file, 'utf8').matchAll(/from '(\..+)\.ts'/g)]
          .map(([, path = '']) => `${join(dirname(file), path)}.d.ts`)
          .filter(imported => !files.includes(imported)),
      );
    assert.deepEqual(missing, []);
  });

  const EXPORTS: [entry: string, names: string[]][] = [
    ['calcd/calculator', ['CalculatorError', 'calculate']],
    [
      'calcd/sockets',
      [
        'FdSet',
        'INTERRUPTED',
        'Socket',
        'SystemError',
        'WOULD_BLOCK',
        'nodeLoopDescriptor',
        'nodeTurn',
        'select',
      ],
    ],
  ];
  for (const [entry, names] of EXPORTS) {
    it(`exports what ${entry} promises and nothing else`, async () => {
      assert.deepEqual(Object.keys(await import(entry)).sort(), names);
    });
  }
});

function packedFiles(): string[] {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout, stderr, error } = spawnSync('npm', words, { encoding: 'utf8' });
  assert.equal(error, undefined, stderr);
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}
