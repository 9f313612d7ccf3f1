/**
 * server2 in a control group of little memory, as a small container has it: short visits by the
 * thousand and floods by as many clients as it has room for. The system must never kill it, and its
 * memory must be flat in the second half. Needs the rights to
 * make a control group (root, on Linux).
 *
 *   VISITS=10000 MIB=128 npm run test:memory
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { it } from 'node:test';
import { CLI, run, Server } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';

const VISITS = Number(process.env.VISITS ?? 10_000);
const MIB = Number(process.env.MIB ?? 128);
const SAMPLES = 10;
const SLACK_MIB = 8;
const FLOOD = '1 / 3 * 7.25 - 2 ^ 10\n'.repeat(200_000);

/** The two versions of control groups: where they are, and the file that has the limit. */
const HIERARCHIES = [
  ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
  ['/sys/fs/cgroup', 'memory.max'],
] as const;

/** Makes a group with a limit. @returns its folder, or undefined where that is not possible. */
function limitedGroup(): string | undefined {
  for (const [root, limit] of HIERARCHIES) {
    const group = join(root, `calcd-${process.pid}`);
    try {
      mkdirSync(group);
      writeFileSync(join(group, limit), String(MIB * 1024 * 1024));
      return group;
    } catch {
      // Not this version, or not allowed.
      removed(group);
    }
  }
  return undefined;
}

function removed(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

it(`${VISITS} visits with ${MIB} MiB`, async t => {
  const group = limitedGroup();
  if (!group) return t.skip('no control group can be made');
  const command = `echo $$ > ${group}/cgroup.procs; exec '${execPath}' '${CLI}' server2 --quiet 127.0.0.1 0`;
  const { process } = run(t, ['sh', '-c', command]);
  t.after(() => eventually(() => removed(group), 'the control group to be empty'));
  const server = new Server(t, process);
  await server.waitUntilItListens();
  const capacity = Number(/at most (\d+) clients/.exec(await server.stdout.line())?.[1]);
  server.stdout.discard();

  const residents: number[] = [];
  for (let count = 1; count <= VISITS; count++) {
    const peer = await server.connect();
    assert.equal(await peer.ask('22 + 44'), '66');
    peer.socket.destroy();
    if (count % (VISITS / SAMPLES) === 0) residents.push(server.residentMiB);
  }
  const flooding = await Promise.all(Array.from({ length: capacity }, () => server.connect()));
  for (const peer of flooding) {
    peer.send(FLOOD).halfClose();
    peer.received.discard();
  }
  await Promise.all(flooding.map(peer => peer.received.rest()));
  t.diagnostic(`${capacity} clients; MiB: ${residents.map(mib => mib.toFixed(0)).join(' ')}`);
  t.diagnostic(`after ${capacity} floods: ${server.residentMiB.toFixed(0)} MiB`);
  const [first, last] = [residents[SAMPLES / 2] as number, residents.at(-1) as number];
  assert.ok(last - first < SLACK_MIB, `${first} MiB grew to ${last}`);
  server.signal('SIGTERM');
  assert.equal(await server.exit(), 0);
});
