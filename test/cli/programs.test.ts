/** The five programs of src/, started from their source by Node itself or by tsx. */
import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run, Server } from '../support/calcd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

const TSX = [execPath, fileURLToPath(import.meta.resolve('tsx/cli'))];

/** Node reads TypeScript since 22.18; before, tsx does. */
const NODE = (process.features as { typescript?: unknown }).typescript
  ? [execPath, '--disable-warning=ExperimentalWarning']
  : TSX;

const SERVERS: [name: string, reply: string][] = [
  ['server1', '66'],
  ['server2', '66'],
  ['server3', '66'],
  ['server4', '22 + 44'],
];

describe('a program of src/ runs as it stands', () => {
  for (const [name, reply] of SERVERS) {
    it(`${name}.ts, with client.ts`, async t => {
      const server = new Server(
        t,
        run(t, [...NODE, join(SRC, `${name}.ts`), '127.0.0.1', '0', '--until-eof']).process,
      );
      await server.waitUntilItListens();
      const asking = run(t, [...NODE, join(SRC, 'client.ts'), '127.0.0.1', String(server.port)]);
      const shown = await asking.type('22 + 44\n').endInput().stdout.rest();
      assert.match(shown, new RegExp(`Server replied: ${reply.replace('+', '\\+')}\n`));
      assert.equal(await asking.exit(), 0);
      // A signal would go to tsx, which passes it on, and gives up on a busy machine.
      server.endInput();
      assert.equal(await server.exit(), 0);
      assert.equal(await server.stderr.rest(), '');
    });
  }

  it('by another path or name, and for tsx without .ts', async t => {
    const folder = temporaryFolder(t);
    symlinkSync(SRC, join(folder, 'link'));
    symlinkSync(join(SRC, 'server1.ts'), join(folder, 'mine.ts'));
    const starts = [
      [...NODE, join(folder, 'link', 'server1.ts')],
      [...NODE, join(folder, 'mine.ts')],
      [...TSX, join(SRC, 'server1')],
    ];
    for (const start of starts) {
      const asked = run(t, [...start, '--version-of-nothing']);
      assert.match(await asked.stderr.rest(), /^calcd server1: unknown option/, start.join(' '));
      assert.equal(await asked.exit(), 2);
    }
  });

  it('and is only a module to those who import it', async t => {
    const program = `import { server1 } from ${JSON.stringify(join(SRC, 'server1.ts'))};
      console.log(typeof server1)`;
    const module = join(temporaryFolder(t), 'importer.mts');
    writeFileSync(module, program);
    const imported = run(t, [...NODE, module, 'server1']);
    assert.equal(await imported.stdout.rest(), 'function\n');
    assert.equal(await imported.exit(), 0);
  });
});
