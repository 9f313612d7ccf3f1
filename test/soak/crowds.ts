/**
 * Crowds come to server2 and go, again and again: every client is answered, and between the crowds
 * the server has as few threads, descriptors and memory maps as after the first: idle threads end,
 * also when threads serve one client after another (limits.ts). Each crowd takes more than the minute
 * that a thread stays idle.
 *
 *   CROWDS=10 npm run test:crowds
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { IDLE_THREAD_MS, IDLE_THREADS } from '../../src/serving/limits.ts';
import { startServer } from '../support/calcd.ts';
import { DEADLINE_MS, eventually } from '../support/deadline.ts';
import { settled } from '../support/settled.ts';

const CROWDS = Number(process.env.CROWDS ?? 10);
const CLIENTS = 250;

/** The spare thread, and one that is being started. */
const SPARE_THREADS = 2;
const DESCRIPTORS_OF_A_THREAD = 6;

it(`${CROWDS} crowds of ${CLIENTS}`, async t => {
  const server = await startServer(t, 'server2', ['--quiet']);
  server.stdout.discard();
  await settled(server.pid);
  const before = { threads: server.threads, descriptors: server.descriptors };
  for (let crowd = 1; crowd <= CROWDS; crowd++) {
    const start = performance.now();
    const peers = await Promise.all(Array.from({ length: CLIENTS }, () => server.connect()));
    for (const peer of peers) peer.send('22 + 44\n');
    for (const peer of peers) assert.equal(await peer.received.line(), '66');
    const seconds = (performance.now() - start) / 1000;
    await Promise.all(peers.map(peer => peer.close()));
    const most = SPARE_THREADS + IDLE_THREADS;
    const patience = IDLE_THREAD_MS + DEADLINE_MS;
    await eventually(() => server.threads <= before.threads + most, 'the threads to end', patience);
    await eventually(
      () => server.descriptors <= before.descriptors + most * DESCRIPTORS_OF_A_THREAD,
      'the descriptors to be closed',
    );
    const { threads, descriptors, residentMiB } = server;
    t.diagnostic(
      `${crowd}: ${threads} threads (${before.threads} at first), ${descriptors} descriptors ` +
        `(${before.descriptors}), ${residentMiB.toFixed(0)} MiB, ${seconds.toFixed(0)} s`,
    );
  }
});
