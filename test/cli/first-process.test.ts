/** calcd as PID 1, the first process of a container, which no signal ends unless it has a handler. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { exitCodeOf } from '../../src/signal-exit.ts';
import { type Calcd, CLI, run } from '../support/calcd.ts';
import { eventually, within } from '../support/deadline.ts';
import { fakeServer } from '../support/fake-server.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';

const NAMESPACE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];

const unlessNamespaces = unlessLinux || unlessInstalled('unshare', ...NAMESPACE, 'true');

function asFirstProcess(test: TestContext, words: readonly string[]): Calcd {
  return run(test, ['unshare', ...NAMESPACE, execPath, CLI, ...words]);
}

describe('as PID 1', { skip: unlessNamespaces }, () => {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
    it(`the client ends on ${signal}`, async t => {
      let asked = (): void => {};
      const isAsked = new Promise<void>(resolve => {
        asked = resolve;
      });
      const port = await fakeServer(t, socket => socket.on('data', asked));
      const client = asFirstProcess(t, ['client', '--eval', '1', '127.0.0.1', String(port)]);
      await within(isAsked, 'the message');
      process.kill(client.child, signal);
      assert.equal(await client.exit(), signal === 'SIGINT' ? 0 : exitCodeOf(signal));
    });
  }

  it('a server ends on SIGTERM', async t => {
    const server = asFirstProcess(t, ['server3', '127.0.0.1', '0']);
    await server.stdout.textUntil('Server listening on ');
    process.kill(server.child, 'SIGTERM');
    assert.equal(await server.exit(), 0);
  });

  it('a check ends on SIGTERM, and the program it judges with it', async t => {
    const silent = ['sh', '-c', 'exec sleep 60', '{port}'];
    const check = asFirstProcess(t, ['check', 'server1', '--', ...silent]);
    await eventually(() => children(check.pid).length > 0, 'the check to start');
    await eventually(() => children(check.child).length > 0, 'the program to start');
    const [judged] = children(check.child);
    process.kill(check.child, 'SIGTERM');
    assert.equal(await check.exit(), exitCodeOf('SIGTERM'));
    await eventually(() => !existsSync(`/proc/${judged}`), 'the program to end');
  });

  it('calcd try ends on SIGTERM', async t => {
    const trying = asFirstProcess(t, ['try']);
    await trying.stdout.textUntil('Connected to server');
    process.kill(trying.child, 'SIGTERM');
    assert.equal(await trying.exit(), exitCodeOf('SIGTERM'));
  });
});

/** The processes that a process has started and that still run. */
function children(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}
