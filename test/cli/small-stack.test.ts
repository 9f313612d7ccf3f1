/** A process whose system gives it little stack (`ulimit -s`): an answer, not a segmentation fault. */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { CLI, run, Server } from '../support/calcd.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';

/** Node 20 itself starts with 96 KiB, and not with 64. */
const STACK_KIB = 128;

const DEEPEST = 200;

const limited = `ulimit -s ${STACK_KIB} && exec '${execPath}'`;

const unlessNodeRuns = unlessLinux || unlessInstalled('sh', '-c', `${limited} --version`);

describe(`with ${STACK_KIB} KiB of stack`, { skip: unlessNodeRuns }, () => {
  for (const name of ['server1', 'server2', 'server3']) {
    it(`${name} answers ${DEEPEST} parentheses, and refuses one more`, async t => {
      const command = `${limited} '${CLI}' ${name} 127.0.0.1 0`;
      const server = new Server(t, run(t, ['sh', '-c', command]).process);
      await server.waitUntilItListens();
      const peer = await server.connect();
      for (const [depth, reply] of [
        [DEEPEST, '1'],
        [DEEPEST + 1, 'error: nested too deeply at column 201 (limit 200 levels)'],
      ] as const) {
        peer.send(`${'('.repeat(depth)}1${')'.repeat(depth)}\n`);
        assert.equal(await peer.received.line(), reply);
      }
      server.signal('SIGTERM');
      assert.equal(await server.exit(), 0);
    });
  }
});
