/** Many lines on their way at a time, on a clock that the test moves. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { Duplex, Writable } from 'node:stream';
import { describe, type TestContext, test } from 'node:test';
import type { Dialogue } from '../../src/chat/dialogue.ts';
import { Lines } from '../../src/chat/lines.ts';
import { Pipeline } from '../../src/chat/pipeline.ts';
import { Tally } from '../../src/chat/tally.ts';

const PATIENCE_MS = 2000;

interface Scene {
  readonly told: string[];
  /** What was printed. */
  readonly printed: string[];
  readonly sent: string[];
  says(text: string): void;
  /** The reader of the output takes nothing more, or goes on. */
  hold(): void;
  goOn(): void;
  passes(milliseconds: number): void;
  /** More lines come, and are sent. */
  enter(...lines: string[]): void;
}

/** Five lines have been sent. */
function scene(t: TestContext): Scene {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: string[] = [];
  const printed: string[] = [];
  const sent: string[] = [];
  const connection = new Duplex({
    read() {},
    write: (bytes, _encoding, done) => {
      sent.push(String(bytes));
      done();
    },
  });
  let hear: (bytes: Buffer) => void = () => {};
  const handOver = (receive: typeof hear): Duplex => {
    hear = receive;
    return connection;
  };
  let isHeld = false;
  const output = new Writable();
  output.write = (text: string): boolean => {
    printed.push(text);
    return !isHeld;
  };
  const reader = Object.assign(new EventEmitter(), { pause() {}, resume() {}, close() {} });
  const lines = new Lines();
  lines.readFrom(reader, { entered() {}, ended() {} });
  const pipeline = new Pipeline(
    lines,
    { handOver } as unknown as Dialogue,
    output as unknown as NodeJS.WriteStream,
    new Tally(),
    PATIENCE_MS,
    {
      settled: () => told.push('settled'),
      failed: ({ reason }) => told.push(reason),
    },
  );
  const enter = (...entered: string[]): void => {
    for (const line of entered) reader.emit('line', line);
    pipeline.send();
  };
  enter('1', '2', '3', '4', '5');
  return {
    told,
    printed,
    sent,
    says: text => hear(Buffer.from(text)),
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

test('all lines are sent at a time, and their replies are printed', t => {
  const { told, printed, sent, says } = scene(t);
  assert.deepEqual(sent, ['1\n2\n3\n4\n5\n']);
  says('a\nb\nc\n');
  assert.deepEqual(told, []);
  says('d\ne\n');
  assert.deepEqual([told, printed], [['settled'], ['a\nb\nc\n', 'd\ne\n']]);
});

describe('the time of a reply', () => {
  test('begins with the reply before', t => {
    const { told, says, passes } = scene(t);
    for (const reply of 'abcde') {
      passes(PATIENCE_MS - 1);
      says(`${reply}\n`);
    }
    passes(PATIENCE_MS);
    assert.deepEqual(told, ['settled']);
  });

  test('ends when the server is silent', t => {
    const { told, says, passes } = scene(t);
    passes(1000);
    says('a\n');
    passes(PATIENCE_MS - 1);
    assert.deepEqual(told, []);
    passes(1);
    assert.deepEqual(told, ['the server is silent']);
  });

  test('does not begin anew with each byte', t => {
    const { told, says, passes } = scene(t);
    for (let passed = 0; passed < PATIENCE_MS - 100; passed += 100) {
      says('x');
      passes(100);
    }
    assert.deepEqual(told, []);
    says('x');
    passes(100);
    assert.deepEqual(told, ['the reply does not end']);
  });

  test('does not pass while nobody reads what is printed', t => {
    const { told, says, passes, hold, goOn } = scene(t);
    hold();
    says('a\n');
    passes(10 * PATIENCE_MS);
    assert.deepEqual(told, []);
    goOn();
    passes(PATIENCE_MS);
    assert.deepEqual(told, ['the server is silent']);
  });
});

test('lines that come while nobody reads what is printed do not start the time of a reply', t => {
  const { told, says, passes, hold, enter } = scene(t);
  hold();
  says('a\nb\nc\nd\ne\n');
  enter('6');
  passes(10 * PATIENCE_MS);
  assert.deepEqual(told, ['settled']);
});

test('more replies than lines are not printed', t => {
  const { told, printed, says } = scene(t);
  says('a\nb\nc\n');
  says('d\ne\nf\ng\n');
  assert.deepEqual(printed.join(''), 'a\nb\nc\nd\ne\n');
  assert.deepEqual(told, ['the server sent more replies than it was asked for']);
});

test('a reply without end is too long', t => {
  const { told, says } = scene(t);
  const piece = 'x'.repeat(64 * 1024);
  for (let count = 0; count < 17; count++) says(piece);
  assert.deepEqual(told, ['the reply is longer than 1 MiB']);
});
