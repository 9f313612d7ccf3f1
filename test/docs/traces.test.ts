/** docs/students.md shows the system calls that the servers really make. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { CLI, run, Server } from '../support/calcd.ts';
import { unlessInstalled } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { callsIn } from './trace.ts';

const page = readFileSync('docs/students.md', 'utf8');

describe('the system calls in docs/students.md', {
  concurrency: true,
  skip: unlessInstalled('strace', 'true'),
}, () => {
  for (const name of ['server1', 'server2', 'server3', 'server4']) {
    it(`are those of ${name}`, async t => {
      const trace = await traced(t, name);
      assert.deepEqual(callsIn(trace), callsIn(shown('setup') + shown(name)));
    });
  }
});

function shown(part: string): string {
  return new RegExp(`\`\`\`strace ${part}\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';
}

/** A client connects, asks, and leaves; server1 also refuses a second client. */
async function traced(t: TestContext, name: string): Promise<string> {
  const folder = temporaryFolder(t);
  const file = join(folder, 'trace');
  const strace = ['strace', '-f', '-e', 'trace=%network,select,pselect6', '-o', file];
  const command = [execPath, CLI, name, '--until-eof', '127.0.0.1', '0'];
  const server = new Server(t, run(t, [...strace, ...command]).process);
  await server.waitUntilItListens();
  const client = await server.connect();
  await server.stdout.linesUntil(/^Connected/);
  await client.ask('22 + 44');
  if (name === 'server1') {
    const second = await server.connect();
    await second.received.rest();
    await second.close();
  }
  client.halfClose();
  await client.received.rest();
  await server.stdout.linesUntil(/disconnected/);
  server.endInput();
  await server.exit();
  return readFileSync(file, 'utf8');
}
