/** --idle-timeout in a server whose clock is the test's: nothing here depends on real time. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { server4 } from '../../src/server4.ts';
import { CHECKS_PER_IDLE_TIMEOUT } from '../../src/serving/limits.ts';
import { eventually } from '../support/deadline.ts';
import { InProcessServer } from '../support/in-process-server.ts';

const IDLE_S = 60;

/** In that time the server looks so often; an idle client is gone two looks later at most. */
const LOOKS = CHECKS_PER_IDLE_TIMEOUT;
const LOOKS_UNTIL_GONE = LOOKS + 2;

class ClockedServer {
  readonly server: InProcessServer;
  #seconds = 1;
  #ticks = 0;
  /** While it is so, select finds nothing ready. */
  isBlind = false;
  /** What the system says is not acknowledged yet. */
  unacknowledged = 0;

  constructor(test: TestContext) {
    this.server = new InProcessServer(
      test,
      server4,
      ({ select }) => ({
        now: () => 1000 * this.#seconds,
        ioctl: () => this.unacknowledged,
        select: (nfds, read, write, timeout) => {
          this.#ticks++;
          if (!this.isBlind) return select(nfds, read, write, timeout);
          read?.fill(0);
          write?.fill(0);
          return -4; // EINTR: Node gets its tick.
        },
      }),
      { idleTimeout: IDLE_S },
    );
  }

  /** Lets so much time pass, in steps from look to look, each noticed by the server. */
  async pass(looks: number): Promise<void> {
    for (let passed = 0; passed < looks; passed++) {
      this.#seconds += IDLE_S / LOOKS;
      const before = this.#ticks;
      await eventually(() => this.#ticks > before + 1, 'a tick of the server');
    }
  }

  get disconnected(): string[] {
    return this.server.lines(/disconnected/);
  }
}

describe('--idle-timeout', () => {
  it('disconnects a client that sends nothing, and logs why', async t => {
    const around = new ClockedServer(t);
    const peer = await around.server.connect();
    assert.equal(await peer.ask('1'), '1');
    await around.pass(LOOKS - 1);
    assert.deepEqual(around.disconnected, []);
    await around.pass(LOOKS_UNTIL_GONE);
    assert.equal(await peer.received.rest(), '');
    assert.equal(peer.received.error, undefined);
    assert.match(around.disconnected[0] ?? '', /^Client socket \d+ disconnected: idle for 60 s$/);
    await around.server.stop();
  });

  it('keeps a client that sends something in time, even one byte', async t => {
    const around = new ClockedServer(t);
    const peer = await around.server.connect();
    for (let count = 0; count < 3; count++) {
      peer.send('.');
      assert.equal(String(await peer.received.bytes(1)), '.');
      await around.pass(LOOKS - 1);
    }
    assert.deepEqual(around.disconnected, []);
    await around.server.stop();
  });

  it('receives once more before it disconnects a client', async t => {
    const around = new ClockedServer(t);
    const peer = await around.server.connect();
    assert.equal(await peer.ask('1'), '1');
    around.isBlind = true;
    peer.send('2\n');
    await eventually(() => peer.socket.writableLength === 0, 'the line to be sent');
    await around.pass(LOOKS_UNTIL_GONE);
    around.isBlind = false;
    assert.equal(await peer.received.line(), '2');
    assert.deepEqual(around.disconnected, []);
    await around.server.stop();
  });

  it('keeps a client with pending replies', async t => {
    const around = new ClockedServer(t);
    const peer = await around.server.connect();
    assert.equal(await peer.ask('1'), '1');
    peer.socket.pause();
    const flood = '2\n'.repeat(8_000_000);
    peer.send(flood);
    await around.pass(3 * LOOKS);
    assert.deepEqual(around.disconnected, []);
    peer.received.discard();
    peer.socket.resume();
    await eventually(() => peer.socket.bytesRead === flood.length + 2, 'all that was said');
    await around.server.stop();
  });

  it('keeps a client whose system has not acknowledged all replies, until it has', async t => {
    const around = new ClockedServer(t);
    const peer = await around.server.connect();
    assert.equal(await peer.ask('1'), '1');
    around.unacknowledged = 1;
    await around.pass(3 * LOOKS);
    assert.deepEqual(around.disconnected, []);
    around.unacknowledged = 0;
    await around.pass(LOOKS_UNTIL_GONE);
    assert.equal(await peer.received.rest(), '');
    await around.server.stop();
  });
});
