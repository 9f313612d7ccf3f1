/** What a dialogue makes of what comes, and when: on a clock that the test moves. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import { Dialogue } from '../../src/chat/dialogue.ts';

const PATIENCE_MS = 2000;

/** A server in the test's hands, and what the dialogue told. */
interface Scene {
  readonly dialogue: Dialogue;
  readonly told: string[];
  readonly connection: Duplex;
  says(text: string): void;
  passes(milliseconds: number): Promise<void>;
}

function scene(t: TestContext, isAttended = false): Scene {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const connection = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
  const bounds = { patienceMs: PATIENCE_MS, delayMs: 0, isAttended };
  const dialogue = new Dialogue(connection as Socket, bounds, {
    ready: () => told.push('ready'),
    heard: () => {},
    replied: ({ reply }) => told.push(`replied ${shortened(reply)}`),
    said: text => told.push(`said ${shortened(text)}`),
    left: ({ code }) => told.push(`left ${code}`),
    floods: ({ reason }) => told.push(reason),
  });
  return {
    dialogue,
    told,
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
  test('that does not come is not waited for', async t => {
    const { told, passes } = scene(t);
    await passes(60);
    assert.deepEqual(told, ['ready']);
  });

  test('is over when the server has been silent', async t => {
    const { told, says, passes } = scene(t);
    says('Hello\n');
    await passes(30);
    says('World\n');
    await passes(40);
    assert.deepEqual(told, ['said Hello', 'said World']);
    await passes(20);
    assert.deepEqual(told, ['said Hello', 'said World', 'ready']);
  });

  for (const delay of [0, 20, 40]) {
    test(`that comes ${delay} ms late, without LF, is said before the first line is asked`, async t => {
      const { told, says, passes } = scene(t);
      await passes(delay);
      says('Hello');
      await passes(60);
      assert.deepEqual(told, ['said Hello', 'ready']);
    });
  }

  for (const drop of ['x', 'x\n']) {
    test(`that drips ${JSON.stringify(drop)} ends with the patience`, async t => {
      const { told, says, passes } = scene(t);
      for (let passed = 0; passed < PATIENCE_MS - 30; passed += 30) {
        says(drop);
        await passes(30);
      }
      assert.ok(!told.includes('ready'), told.join());
      says(drop);
      await passes(30);
      assert.equal(told.at(-1), 'the greeting does not end');
    });
  }

  test('takes no more of the patience when it is over', async t => {
    const { told, says, passes } = scene(t);
    says('Hello\n');
    await passes(2 * PATIENCE_MS);
    assert.deepEqual(told, ['said Hello', 'ready']);
  });

  for (const isAttended of [true, false]) {
    test(`without end is too long, ${isAttended ? 'also' : 'not only'} at the prompt`, async t => {
      const { told, says } = scene(t, isAttended);
      for (let count = 0; count < 17; count++) says(PIECE);
      assert.deepEqual(told, ['the greeting is longer than 1 MiB']);
    });
  }
});

test('a greeting of lines without end is too long', async t => {
  const { told, says } = scene(t);
  const lines = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count <= 1024; count++) says(lines);
  assert.equal(told.at(-1), 'the greeting is longer than 1 MiB');
});

describe('a reply without end', () => {
  test('is too long in a script', async t => {
    const { dialogue, told, says, passes } = scene(t);
    await passes(60);
    dialogue.ask('1');
    for (let count = 0; count < 17; count++) says(PIECE);
    assert.deepEqual(told, ['ready', 'the reply is longer than 1 MiB']);
  });

  test('is cut at the prompt, and the next line waits until it ends', async t => {
    const { dialogue, told, says, passes } = scene(t, true);
    await passes(60);
    dialogue.ask('1');
    for (let count = 0; count < 40; count++) says(PIECE);
    assert.deepEqual(told, ['ready', 'replied x…x… (cut: longer than 1 MiB)']);
    assert.equal(dialogue.isEnding, true);
    await passes(60);
    assert.deepEqual(told.slice(2), ['ready']);
    dialogue.ask('2');
    says('66\n');
    assert.deepEqual(told.slice(3), ['replied 66']);
  });

  test('that is given up at the prompt lets the next line be asked', async t => {
    const { dialogue, told, says, passes } = scene(t, true);
    await passes(60);
    dialogue.ask('1');
    for (let count = 0; count < 40; count++) says(PIECE);
    dialogue.giveUp();
    assert.equal(dialogue.isEnding, false);
    await passes(60);
    dialogue.ask('2');
    says('66\n');
    assert.deepEqual(told.slice(2), ['replied 66']);
  });
});

describe('a client that leaves', () => {
  test('half-closes, and drops what the server says until it closes too', async t => {
    const { dialogue, told, connection, says, passes } = scene(t);
    await passes(60);
    let left = false;
    dialogue.leave(() => (left = true));
    assert.equal(connection.writableEnded, true);
    says('Good bye\n');
    await passes(100);
    assert.deepEqual([left, connection.destroyed], [false, false]);
    connection.push(null);
    await passes(20);
    assert.deepEqual([left, connection.destroyed], [true, true]);
    assert.deepEqual(told, ['ready']);
  });

  test('does not wait long for a server that does not close', async t => {
    const { dialogue, connection, passes } = scene(t);
    let left = false;
    dialogue.leave(() => (left = true));
    await passes(250);
    assert.deepEqual([left, connection.destroyed], [true, true]);
  });
});

test('too much that nothing asked for is a failure in a script', async t => {
  const { told, says, passes } = scene(t);
  await passes(60);
  const lines = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count <= 1024; count++) says(lines);
  assert.equal(told.at(-1), 'the server sent more than 1 MiB unasked');
});

test('and at the prompt it is shown', async t => {
  const { told, says, passes } = scene(t, true);
  await passes(60);
  for (let count = 0; count <= 2048; count++) says(`${'x'.repeat(1023)}\n`);
  assert.equal(told.length, 2050);
});
