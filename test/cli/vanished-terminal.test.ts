/** Programs whose terminal has vanished without a word: they end as they would have with it. */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exitCodeOf } from '../../src/signal-exit.ts';
import { type Calcd, CLI, run } from '../support/calcd.ts';
import { fakeServer } from '../support/fake-server.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';

const VANISHING = fileURLToPath(new URL('../support/vanishing-terminal.py', import.meta.url));

const unlessTerminalsVanish = unlessLinux || unlessInstalled('python3', '--version');

/** Its terminal vanishes at the end of its input. */
function atVanishingTerminal(test: TestContext, words: readonly string[]): Calcd {
  return run(test, ['python3', VANISHING, execPath, CLI, ...words]);
}

describe('without its terminal', { skip: unlessTerminalsVanish }, () => {
  for (const name of ['server1', 'server2', 'server3', 'server4']) {
    it(`${name} exits with 0 on SIGTERM`, async t => {
      const server = atVanishingTerminal(t, [name, '127.0.0.1', '0']);
      await server.stdout.textUntil('Server listening on ');
      server.endInput();
      await server.stdout.textUntil('(vanished)');
      process.kill(server.child, 'SIGTERM');
      assert.equal(await server.exit(), 0);
    });
  }

  it('a server that cannot start exits with 1', async t => {
    const port = await fakeServer(t, () => {});
    const server = atVanishingTerminal(t, ['server3', '127.0.0.1', String(port)]);
    server.endInput();
    assert.equal(await server.exit(), 1);
  });

  it('the client at its prompt ends, as on SIGHUP', async t => {
    const port = await fakeServer(t, () => {});
    const client = atVanishingTerminal(t, ['client', '127.0.0.1', String(port)]);
    await client.stdout.textUntil('Please enter the message to the server: ');
    client.endInput();
    assert.equal(await client.exit(), exitCodeOf('SIGHUP'));
  });

  it('a check that cannot print any more fails', async t => {
    const judged = [execPath, CLI, 'server3', '{ip}', '{port}'];
    const words = ['check', 'server3', '--only', 'answers', '--', ...judged];
    const check = atVanishingTerminal(t, words);
    await check.stdout.textUntil('starting');
    check.endInput();
    assert.equal(await check.exit(), 1);
  });

  it('the client that waits for a reply ends on SIGTERM', async t => {
    let asked = (): void => {};
    const isAsked = new Promise<void>(resolve => {
      asked = resolve;
    });
    const port = await fakeServer(t, socket => socket.on('data', asked));
    const client = atVanishingTerminal(t, ['client', '--eval', '1', '127.0.0.1', String(port)]);
    await isAsked;
    client.endInput();
    await client.stdout.textUntil('(vanished)');
    process.kill(client.child, 'SIGTERM');
    assert.equal(await client.exit(), exitCodeOf('SIGTERM'));
  });
});
