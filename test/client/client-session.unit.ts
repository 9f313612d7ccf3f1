/** What a session makes of the bytes that come, and when: on a clock that the test moves. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { ClientSession } from '../../src/chat/client-session.ts';

const TIMEOUT_MS = 2000;

/** A server in the test's hands, and the events of the session. */
interface Scene {
  readonly session: ClientSession;
  readonly events: string[];
  readonly connection: Duplex;
  says(text: string): void;
  passes(milliseconds: number): Promise<void>;
}

function scene(t: TestContext, isInteractive = false): Scene {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const events: string[] = [];
  const connection = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
  const limits = { timeoutMs: TIMEOUT_MS, delayMs: 0, isInteractive };
  const session = new ClientSession(connection as Socket, limits, {
    onReady: () => events.push('ready'),
    onReplyBytes: () => {},
    onReply: ({ reply }) => events.push(`replied ${shortened(reply)}`),
    onUnsolicited: text => events.push(`unsolicited ${shortened(text)}`),
    onDisconnected: ({ code }) => events.push(`disconnected ${code}`),
    onExcess: ({ reason }) => events.push(reason),
  });
  return {
    session,
    events,
    connection,
    says: text => connection.emit('data', Buffer.from(text)),
    passes: async milliseconds => {
      for (let passed = 0; passed < milliseconds; passed += 10) {
        t.mock.timers.tick(10);
        await new Promise(setImmediate);
      }
    },
  };
}

function shortened(text: string): string {
  return text.replace(/x{100,}/, 'x…x');
}

const PIECE = 'x'.repeat(64 * 1024);

describe('a greeting', () => {
  test('that does not come costs only the pause', async t => {
    const { events, passes } = scene(t);
    await passes(60);
    assert.deepEqual(events, ['ready']);
  });

  test('ends when the server has been quiet', async t => {
    const { events, says, passes } = scene(t);
    says('Hello\n');
    await passes(30);
    says('World\n');
    await passes(40);
    assert.deepEqual(events, ['unsolicited Hello', 'unsolicited World']);
    await passes(20);
    assert.deepEqual(events, ['unsolicited Hello', 'unsolicited World', 'ready']);
  });

  for (const delay of [0, 20, 40]) {
    test(`that comes ${delay} ms late, without LF, is reported before the first line is sent`, async t => {
      const { events, says, passes } = scene(t);
      await passes(delay);
      says('Hello');
      await passes(60);
      assert.deepEqual(events, ['unsolicited Hello', 'ready']);
    });
  }

  for (const drop of ['x', 'x\n']) {
    test(`that drips ${JSON.stringify(drop)} ends at the deadline`, async t => {
      const { events, says, passes } = scene(t);
      for (let passed = 0; passed < TIMEOUT_MS - 30; passed += 30) {
        says(drop);
        await passes(30);
      }
      assert.ok(!events.includes('ready'), events.join());
      says(drop);
      await passes(30);
      assert.equal(events.at(-1), 'the greeting did not end in time');
    });
  }

  test('has no deadline when it is over', async t => {
    const { events, says, passes } = scene(t);
    says('Hello\n');
    await passes(2 * TIMEOUT_MS);
    assert.deepEqual(events, ['unsolicited Hello', 'ready']);
  });

  for (const isInteractive of [true, false]) {
    test(`without end is too long, ${isInteractive ? 'also' : 'not only'} at the prompt`, async t => {
      const { events, says } = scene(t, isInteractive);
      for (let count = 0; count < 17; count++) says(PIECE);
      assert.deepEqual(events, ['the greeting is longer than 1 MiB']);
    });
  }
});

test('a greeting of lines without end is too long', async t => {
  const { events, says } = scene(t);
  const lines = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count <= 1024; count++) says(lines);
  assert.equal(events.at(-1), 'the greeting is longer than 1 MiB');
});

describe('a reply without end', () => {
  test('is too long in a script', async t => {
    const { session, events, says, passes } = scene(t);
    await passes(60);
    session.send('1');
    for (let count = 0; count < 17; count++) says(PIECE);
    assert.deepEqual(events, ['ready', 'the reply is longer than 1 MiB']);
  });

  test('is truncated at the prompt, and the next line waits until it ends', async t => {
    const { session, events, says, passes } = scene(t, true);
    await passes(60);
    session.send('1');
    for (let count = 0; count < 40; count++) says(PIECE);
    assert.deepEqual(events, ['ready', 'replied x…x… (truncated: longer than 1 MiB)']);
    assert.equal(session.isTruncated, true);
    await passes(60);
    assert.deepEqual(events.slice(2), ['ready']);
    session.send('2');
    says('66\n');
    assert.deepEqual(events.slice(3), ['replied 66']);
  });

  test('that is abandoned at the prompt lets the next line be sent', async t => {
    const { session, events, says, passes } = scene(t, true);
    await passes(60);
    session.send('1');
    for (let count = 0; count < 40; count++) says(PIECE);
    session.abandonReply();
    assert.equal(session.isTruncated, false);
    await passes(60);
    session.send('2');
    says('66\n');
    assert.deepEqual(events.slice(2), ['replied 66']);
  });
});

describe('a client that half-closes', () => {
  test('drops what the server sends until it closes too', async t => {
    const { session, events, connection, says, passes } = scene(t);
    await passes(60);
    let closed = false;
    session.halfClose(() => (closed = true));
    assert.equal(connection.writableEnded, true);
    says('Good bye\n');
    await passes(100);
    assert.deepEqual([closed, connection.destroyed], [false, false]);
    connection.push(null);
    await passes(20);
    assert.deepEqual([closed, connection.destroyed], [true, true]);
    assert.deepEqual(events, ['ready']);
  });

  test('does not wait long for a server that does not close', async t => {
    const { session, connection, passes } = scene(t);
    let closed = false;
    session.halfClose(() => (closed = true));
    await passes(250);
    assert.deepEqual([closed, connection.destroyed], [true, true]);
  });
});

test('too much unsolicited data is a failure in a script', async t => {
  const { events, says, passes } = scene(t);
  await passes(60);
  const lines = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count <= 1024; count++) says(lines);
  assert.equal(events.at(-1), 'the server sent more than 1 MiB of unsolicited data');
});

test('unsolicited data is shown at the prompt, however much', async t => {
  const { events, says, passes } = scene(t, true);
  await passes(60);
  for (let count = 0; count <= 2048; count++) says(`${'x'.repeat(1023)}\n`);
  assert.equal(events.length, 2050);
});
