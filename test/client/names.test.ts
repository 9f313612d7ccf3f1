/**
 * Names with several addresses, names that are known only after the client has started, and a name
 * server that does not answer. The tests replace files of /etc by their own.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Calcd, CLI, calcd, run } from '../support/calcd.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** `mount` needs a namespace, and to be root in it. */
const PRIVATELY = ['--user', '--map-root-user', '--mount', 'sh', '-c'];

const unlessHosts =
  unlessLinux ||
  unlessInstalled('unshare', ...PRIVATELY, 'mount --bind /etc/hostname /etc/hosts') ||
  unlessInstalled('getent', 'hosts', 'localhost');

interface Hosts {
  /** Replaces what is in the file. */
  write(...lines: string[]): void;
  /** Starts calcd with this file in the place of /etc/hosts. */
  calcd(words: readonly string[]): Calcd;
}

function hosts(test: TestContext, ...lines: string[]): Hosts {
  const file = join(temporaryFolder(test), 'hosts');
  const write: Hosts['write'] = (...lines) => writeFileSync(file, `${lines.join('\n')}\n`);
  const mounted = 'mount --bind "$0" /etc/hosts && exec "$@"';
  write(...lines);
  return {
    write,
    calcd: words => run(test, ['unshare', ...PRIVATELY, mounted, file, execPath, CLI, ...words]),
  };
}

/** @returns the port of a server that listens on this address only. */
async function serverOn(test: TestContext, host: string): Promise<string> {
  const server = calcd(test, ['server3', '--quiet', host, '0']);
  return /:(\d+)$/.exec(await server.stdout.line())?.[1] as string;
}

const RESOLVER = fileURLToPath(new URL('../support/silent-resolver.py', import.meta.url));
const UNRESOLVED = ['--user', '--map-root-user', '--net', '--mount', 'python3', RESOLVER];

const unlessResolvers = unlessLinux || unlessInstalled('unshare', ...UNRESOLVED, 'true');

it('a name server that never answers is given up after --timeout', {
  skip: unlessResolvers,
}, async t => {
  const words = ['client', '--eval', '1', '--timeout', '0.5', 'silent.invalid:5000'];
  const client = run(t, ['unshare', ...UNRESOLVED, execPath, CLI, ...words]);
  assert.match(
    await client.stderr.rest(),
    /^calcd: cannot connect: silent\.invalid:5000: no answer \(ETIMEDOUT\);.*\n$/,
  );
  assert.equal(await client.exit(), 1);
});

describe('a name', { skip: unlessHosts }, () => {
  const SEVERAL = ['127.0.0.2 several.invalid', '127.0.0.3 several.invalid'];

  for (const address of ['127.0.0.2', '127.0.0.3']) {
    it(`of several addresses, of which ${address} has the server, is found by the client`, async t => {
      const port = await serverOn(t, address);
      const words = ['client', '--eval', '22 + 44', 'several.invalid', port];
      const client = hosts(t, ...SEVERAL).calcd(words);
      assert.equal(await client.stdout.rest(), '66\n');
      assert.equal(await client.exit(), 0);
    });
  }

  it('whose addresses all refuse is reported once', async t => {
    const client = hosts(t, ...SEVERAL).calcd(['client', '--eval', '1', 'several.invalid', '1']);
    assert.match(
      await client.stderr.rest(),
      /^calcd: cannot connect: several\.invalid:1: connection refused \(ECONNREFUSED\);.*\n$/,
    );
    assert.equal(await client.exit(), 1);
  });

  it('that is not known yet is tried again with --retry', async t => {
    const port = await serverOn(t, '127.0.0.2');
    const names = hosts(t, '127.0.0.1 localhost');
    const client = names.calcd(['client', '--retry', 'later.invalid', port]).type('22 + 44\n');
    await client.stdout.textUntil('waiting for a server to start');
    names.write('127.0.0.2 later.invalid');
    await client.stdout.textUntil('Server replied: 66');
    assert.equal(await client.endInput().exit(), 0);
  });

  // Without a network the resolver itself puts the address of this machine first.
  it('of several addresses can be listened on if one is of this machine', async t => {
    const names = hosts(t, '192.0.2.1 several.invalid', '127.0.0.2 several.invalid');
    const server = names.calcd(['server3', 'several.invalid', '0']);
    assert.match(await server.stdout.line(), /^Server listening on 127\.0\.0\.2:\d+$/);
  });
});
