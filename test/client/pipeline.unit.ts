/** Many lines in flight, on a clock that the test moves. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { Duplex, Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import type { ClientSession } from '../../src/chat/client-session.ts';
import { InputLines } from '../../src/chat/input-lines.ts';
import { Pipeline } from '../../src/chat/pipeline.ts';
import { ReplyCounters } from '../../src/chat/run-progress.ts';

const TIMEOUT_MS = 2000;

interface Scene {
  readonly events: string[];
  /** What was printed. */
  readonly printed: string[];
  readonly sent: string[];
  says(text: string): void;
  /** The reader of the output stops reading, or goes on. */
  hold(): void;
  goOn(): void;
  passes(milliseconds: number): void;
  /** More lines come, and are sent. */
  enter(...lines: string[]): void;
}

/** Five lines have been sent. */
function scene(t: TestContext): Scene {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const events: string[] = [];
  const printed: string[] = [];
  const sent: string[] = [];
  const connection = new Duplex({
    read() {},
    write: (bytes, _encoding, done) => {
      sent.push(String(bytes));
      done();
    },
  });
  let receive: (bytes: Buffer) => void = () => {};
  const detach = (take: typeof receive): Duplex => {
    receive = take;
    return connection;
  };
  let isHeld = false;
  const output = new Writable();
  output.write = (text: string): boolean => {
    printed.push(text);
    return !isHeld;
  };
  const reader = Object.assign(new EventEmitter(), { pause() {}, resume() {}, close() {} });
  const lines = new InputLines();
  lines.readFrom(reader, { onLine() {}, onEnd() {} });
  const pipeline = new Pipeline(
    lines,
    { detach } as unknown as ClientSession,
    output as unknown as NodeJS.WriteStream,
    new ReplyCounters(),
    TIMEOUT_MS,
    {
      onSettled: () => events.push('settled'),
      onFailed: ({ reason }) => events.push(reason),
    },
  );
  const enter = (...entered: string[]): void => {
    for (const line of entered) reader.emit('line', line);
    pipeline.send();
  };
  enter('1', '2', '3', '4', '5');
  return {
    events,
    printed,
    sent,
    says: text => receive(Buffer.from(text)),
    hold: () => {
      isHeld = true;
    },
    goOn: () => {
      isHeld = false;
      output.emit('drain');
    },
    passes: milliseconds => t.mock.timers.tick(milliseconds),
    enter,
  };
}

test('all lines are sent at once, and their replies are printed', t => {
  const { events, printed, sent, says } = scene(t);
  assert.deepEqual(sent, ['1\n2\n3\n4\n5\n']);
  says('a\nb\nc\n');
  assert.deepEqual(events, []);
  says('d\ne\n');
  assert.deepEqual([events, printed], [['settled'], ['a\nb\nc\n', 'd\ne\n']]);
});

describe('the time of a reply', () => {
  test('begins with the reply before', t => {
    const { events, says, passes } = scene(t);
    for (const reply of 'abcde') {
      passes(TIMEOUT_MS - 1);
      says(`${reply}\n`);
    }
    passes(TIMEOUT_MS);
    assert.deepEqual(events, ['settled']);
  });

  test('ends when the server sends nothing', t => {
    const { events, says, passes } = scene(t);
    passes(1000);
    says('a\n');
    passes(TIMEOUT_MS - 1);
    assert.deepEqual(events, []);
    passes(1);
    assert.deepEqual(events, ['the server did not reply in time']);
  });

  test('does not restart with each byte', t => {
    const { events, says, passes } = scene(t);
    for (let passed = 0; passed < TIMEOUT_MS - 100; passed += 100) {
      says('x');
      passes(100);
    }
    assert.deepEqual(events, []);
    says('x');
    passes(100);
    assert.deepEqual(events, ['the reply did not end in time']);
  });

  test('does not pass while the output is not read', t => {
    const { events, says, passes, hold, goOn } = scene(t);
    hold();
    says('a\n');
    passes(10 * TIMEOUT_MS);
    assert.deepEqual(events, []);
    goOn();
    passes(TIMEOUT_MS);
    assert.deepEqual(events, ['the server did not reply in time']);
  });
});

test('lines that come while the output is not read do not start the time of a reply', t => {
  const { events, says, passes, hold, enter } = scene(t);
  hold();
  says('a\nb\nc\nd\ne\n');
  enter('6');
  passes(10 * TIMEOUT_MS);
  assert.deepEqual(events, ['settled']);
});

test('more replies than lines are not printed', t => {
  const { events, printed, says } = scene(t);
  says('a\nb\nc\n');
  says('d\ne\nf\ng\n');
  assert.deepEqual(printed.join(''), 'a\nb\nc\nd\ne\n');
  assert.deepEqual(events, ['the server sent more replies than requests']);
});

test('a reply without end is too long', t => {
  const { events, says } = scene(t);
  const piece = 'x'.repeat(64 * 1024);
  for (let count = 0; count < 17; count++) says(piece);
  assert.deepEqual(events, ['the reply is longer than 1 MiB']);
});
