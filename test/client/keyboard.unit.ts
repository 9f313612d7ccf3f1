/** Only keys and text reach the prompt: none of the terminal's answers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { Keyboard } from '../../src/chat/keyboard.ts';
import { eventually } from '../support/deadline.ts';

interface Typing {
  readonly terminal: PassThrough;
  /** All that has come through so far. */
  typed(): string;
}

function typing(t: TestContext): Typing {
  const terminal = new PassThrough();
  const keyboard = new Keyboard(terminal as unknown as NodeJS.ReadStream);
  let typed = '';
  keyboard.setEncoding('utf8').on('data', text => {
    typed += text;
  });
  t.after(() => keyboard.release());
  return { terminal, typed: () => typed };
}

const ANSWERS: [what: string, sequence: string][] = [
  ['where the cursor is', '\x1b[24;80R'],
  ['where the cursor is, at the left', '\x1b[100;12R'],
  ['what it is', '\x1b[?64;1;2;6;22c'],
  ['what it is, more of it', '\x1b[>41;354;0c'],
  ['whether it has a mode', '\x1b[?2026;2$y'],
  ['its size', '\x1b[8;24;80t'],
  ['its background', '\x1b]11;rgb:ffff/ffff/ffff\x1b\\'],
  ['its background, ended by BEL', '\x1b]11;rgb:ffff/ffff/ffff\x07'],
  ['its name', '\x1bP>|XTerm(390)\x1b\\'],
  ['which keys it tells apart', '\x1b[?1u'],
  ['Ctrl+\\', '\x1c'],
  ['Ctrl+]', '\x1d'],
  ['CSI as one character', '\u009b'],
];

const KEYS = [
  '\x1b[A',
  '\x1b[D',
  '\x1b[3~',
  '\x1b[1;5D',
  '\x1b[24;5~',
  '\x1b[[A',
  '\x1bOH',
  '\x1bb',
  '\x1b[200~',
  '\x1b[Z',
  '\x01',
  '\x1f',
  '\t',
  'é',
  '€',
  '\u{1f600}',
  'Â',
];

describe('the keyboard', () => {
  for (const [what, sequence] of ANSWERS) {
    it(`leaves out ${what}`, async t => {
      const { terminal, typed } = typing(t);
      terminal.write(`1${sequence}2`);
      await eventually(() => typed().endsWith('2'), 'the text');
      assert.equal(typed(), '12');
    });

    it(`leaves out ${what}, byte by byte`, async t => {
      const { terminal, typed } = typing(t);
      for (const byte of Buffer.from(`1${sequence}2`)) terminal.write(Buffer.of(byte));
      await eventually(() => typed().endsWith('2'), 'the text');
      assert.equal(typed(), '12');
    });
  }

  for (const key of KEYS) {
    it(`lets through ${JSON.stringify(key)}`, async t => {
      const { terminal, typed } = typing(t);
      terminal.write(`1${key}2`);
      await eventually(() => typed().endsWith('2'), 'the text');
      assert.equal(typed(), `1${key}2`);
    });
  }

  for (const begun of ['\x1b', '\x1b[', '\x1b]', '\x1b]11;rgb']) {
    it(`lets through ${JSON.stringify(begun)}, when nothing follows it`, async t => {
      const { terminal, typed } = typing(t);
      terminal.write(begun);
      await eventually(() => typed() !== '', 'the text');
      assert.equal(typed(), begun);
    });
  }

  it('keeps no more than an answer in memory', async t => {
    const { terminal, typed } = typing(t);
    const endless = `\x1b]${'9'.repeat(10_000)}`;
    terminal.write(endless);
    await eventually(() => typed().length >= endless.length, 'the text');
    assert.equal(typed(), endless);
  });

  it('lets everything through at the end', async t => {
    const { terminal, typed } = typing(t);
    terminal.end('1\x1b[');
    await once(terminal, 'end');
    await eventually(() => typed().length === 3, 'the text');
    assert.equal(typed(), '1\x1b[');
  });
});
