import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { nodeLoopDescriptor, nodeTurn } from '../../src/sockets/node-loop.ts';
import { FdSet, INTERRUPTED, select } from '../../src/sockets/select.ts';
import { DEADLINE_MS, fdSetOf } from './connections.ts';

/** Sits in select(2), where Node itself cannot do anything. */
function nodeHasWork(timeout: number): boolean {
  for (;;) {
    const ready = select(fdSetOf(nodeLoopDescriptor()), new FdSet(), timeout);
    if (ready !== INTERRUPTED) return ready === 1;
  }
}

/** Lets Node begin to wait for what is new to it, and do what is ready. */
async function settle(): Promise<void> {
  do await nodeTurn();
  while (nodeHasWork(0));
}

describe("the descriptor of Node's event loop", () => {
  test('is not readable while Node has nothing to do', async () => {
    await settle();
    assert.equal(nodeHasWork(0), false);
  });

  test('turns readable at a signal, and a turn runs its handler', async t => {
    let handled = 0;
    const handler = (): void => {
      handled++;
    };
    process.on('SIGUSR2', handler);
    t.after(() => process.off('SIGUSR2', handler));
    await settle();
    process.kill(process.pid, 'SIGUSR2');
    assert.equal(nodeHasWork(DEADLINE_MS), true);
    assert.equal(handled, 0, 'the handler ran without a turn');
    await untilTrue(() => handled === 1);
  });

  test("turns readable at a worker's message, and a turn delivers it", async t => {
    const go = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(
      `const { parentPort, workerData: go } = require('node:worker_threads');
       parentPort.once('message', () => {});
       parentPort.postMessage('ready');
       Atomics.wait(go, 0, 0);
       parentPort.postMessage('hello');`,
      { eval: true, workerData: go },
    );
    t.after(() => worker.terminate());
    assert.deepEqual(await once(worker, 'message'), ['ready']);
    const messages: unknown[] = [];
    worker.on('message', message => messages.push(message));
    await settle();
    Atomics.store(go, 0, 1);
    Atomics.notify(go, 0);
    assert.equal(nodeHasWork(DEADLINE_MS), true);
    assert.deepEqual(messages, []);
    await untilTrue(() => messages.length > 0);
    assert.deepEqual(messages, ['hello']);
  });

  test('turns readable when a stream has data, and a turn reads it', async t => {
    const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => cat.kill());
    let echoed = '';
    cat.stdout.on('data', data => {
      echoed += data;
    });
    await once(cat, 'spawn');
    await settle();
    cat.stdin.write('hello');
    await untilTrue(() => echoed === 'hello');
  });
});

/** Only nodeTurn lets Node work here: what it does not let happen, never happens. */
async function untilTrue(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  do {
    assert(performance.now() < deadline, 'it did not happen in time');
    await nodeTurn();
  } while (!condition() && nodeHasWork(DEADLINE_MS));
  assert(condition());
}
