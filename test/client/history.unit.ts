/** The history file: what is kept in it, and that no failure of it stops the client. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { History, stateFolder } from '../../src/chat/history.ts';
import { unlessLinux } from '../support/installed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Opened {
  readonly history: History;
  readonly file: string;
  readonly failures: string[];
}

/** A history in a state folder of the test's own, which holds `before`. */
function open(t: TestContext, before?: string): Opened {
  const folder = temporaryFolder(t);
  const file = join(folder, 'calcd/history');
  if (before !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, before);
  }
  process.env.XDG_STATE_HOME = folder;
  const failures: string[] = [];
  return { history: new History(({ code }) => failures.push(code)), file, failures };
}

const skip = unlessLinux;

test('what was entered comes back, the newest first', { skip }, t => {
  const { history, file } = open(t);
  assert.deepEqual(history.load(), []);
  for (const line of ['1 + 1', '2 + 2']) history.add(line);
  assert.deepEqual(history.load(), ['2 + 2', '1 + 1']);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
});

test('neither empty lines nor repetitions nor endless lines are kept', { skip }, t => {
  const { history, file } = open(t, '1\n');
  history.load();
  for (const line of ['1', '', ' ', '2', '2', '9'.repeat(5000), '1']) history.add(line);
  assert.equal(readFileSync(file, 'utf8'), '1\n2\n1\n');
});

test('two clients share the file', { skip }, t => {
  const { history, file } = open(t);
  const other = new History(() => assert.fail());
  history.load();
  other.load();
  for (const line of ['1', '3']) {
    history.add(line);
    other.add(String(+line + 1));
  }
  assert.equal(readFileSync(file, 'utf8'), '1\n2\n3\n4\n');
});

test('a file that has become too long is cut to the newest lines', { skip }, t => {
  const lines = Array.from({ length: 2001 }, (_, index) => `${index}\n`);
  const { history, file } = open(t, lines.join(''));
  assert.equal(history.load().length, 1000);
  assert.equal(readFileSync(file, 'utf8'), lines.slice(-1000).join(''));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dirname(file)), ['history']);
});

test('a folder that cannot be made is reported once, and nothing else happens', { skip }, t => {
  const { history, file, failures } = open(t);
  writeFileSync(dirname(file), 'a file in the way');
  assert.deepEqual(history.load(), []);
  history.add('1');
  history.add('2');
  assert.deepEqual(failures, ['ENOTDIR']);
});

test('a last line without an end is a line of its own', { skip }, t => {
  const { history, file } = open(t, '1\n2');
  assert.deepEqual(history.load(), ['2', '1']);
  for (const line of ['3', '4']) history.add(line);
  assert.equal(readFileSync(file, 'utf8'), '1\n2\n3\n4\n');
});

test('escape sequences and control characters are not offered', { skip }, t => {
  const { history } = open(t, '1\n\x1b[2J2\n\x1b]0;title\x073\r\n\x07\n4\x9b5m\x00\n');
  assert.deepEqual(history.load(), ['4', '3', '2', '1']);
});

test('a file that others may read becomes readable only for its owner', { skip }, t => {
  const { history, file } = open(t, '1\n');
  chmodSync(file, 0o644);
  history.load();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  chmodSync(file, 0o666);
  history.add('2');
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('of a file of 3 GB the end is read, and the rest is cut off', { skip }, t => {
  const { history, file, failures } = open(t, '');
  truncateSync(file, 3e9);
  appendFileSync(file, '\n1 + 1\n2 + 2\n');
  assert.deepEqual(history.load(), ['2 + 2', '1 + 1']);
  assert.equal(readFileSync(file, 'utf8'), '1 + 1\n2 + 2\n');
  assert.deepEqual(failures, []);
});

test('a file of one very long line offers nothing', { skip }, t => {
  const { history, file } = open(t, '9'.repeat(2_000_000));
  assert.deepEqual(history.load(), []);
  history.add('1');
  assert.equal(readFileSync(file, 'utf8'), '1\n');
});

test('a directory in its place is reported, and nothing else happens', { skip }, t => {
  const { history, file, failures } = open(t);
  mkdirSync(file, { recursive: true });
  assert.deepEqual(history.load(), []);
  history.add('1');
  assert.deepEqual(failures, ['EISDIR']);
});

test('a home that is no absolute path is not taken for a folder here', { skip }, t => {
  const { HOME = '' } = process.env;
  t.after(() => {
    process.env.HOME = HOME;
  });
  delete process.env.XDG_STATE_HOME;
  for (const home of ['', 'here']) {
    process.env.HOME = home;
    assert.equal(homedir(), home);
    assert.equal(stateFolder(), join(userInfo().homedir, '.local/state/calcd'));
  }
});
