import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { describe, test } from 'node:test';
import { EINTR, RLIMIT_NOFILE } from '../../src/sockets/constants.ts';
import { FdSet, INTERRUPTED, select } from '../../src/sockets/select.ts';
import { WOULD_BLOCK } from '../../src/sockets/socket.ts';
import { interpose, system } from '../../src/sockets/system-calls.ts';
import { awaitReadable, DEADLINE_MS, fdSetOf, fill, members, TestSockets } from './connections.ts';

const WORD_BORDERS = [0, 1, 30, 31, 32, 33, 62, 63, 64, 65, 95, 96, 127, 128, 1023, 1024, 15_000];

describe('FdSet', () => {
  test('a new set is empty', () => {
    assert.deepEqual(members(new FdSet()), []);
    assert.equal(new FdSet().nfds, 0);
    assert.equal(new FdSet().has(0), false);
  });

  for (const fd of WORD_BORDERS) {
    test(`holds ${fd} and neither of its neighbours`, () => {
      const set = fdSetOf(fd);
      assert.deepEqual(members(set), [fd]);
      if (fd > 0) assert.equal(set.has(fd - 1), false);
      assert.deepEqual([set.has(fd), set.has(fd + 1)], [true, false]);
      assert.equal(set.nfds, fd + 1);
      set.delete(fd);
      assert.deepEqual(members(set), []);
      assert.equal(set.nfds, 0);
    });
  }

  test('descriptors on both sides of every word border are apart', () => {
    const set = fdSetOf(...WORD_BORDERS);
    assert.deepEqual(members(set), WORD_BORDERS);
    set.delete(32);
    set.delete(63);
    assert.deepEqual(
      members(set),
      WORD_BORDERS.filter(fd => fd !== 32 && fd !== 63),
    );
  });

  test('deleting a descriptor beyond the bitmap changes nothing', () => {
    const set = fdSetOf(5);
    set.delete(64);
    set.delete(100_000);
    assert.deepEqual(members(set), [5]);
  });

  const FALLS: [fds: number[], deleted: number, nfds: number][] = [
    [[3, 31, 32], 32, 32],
    [[3, 63, 64], 64, 64],
    [[3, 300], 300, 4],
    [[0, 1000], 1000, 1],
    [[3, 31, 32], 31, 33],
    [[31], 31, 0],
  ];
  for (const [fds, deleted, nfds] of FALLS) {
    test(`nfds of ${fds} without ${deleted} is ${nfds}`, () => {
      const set = fdSetOf(...fds);
      set.delete(deleted);
      assert.equal(set.nfds, nfds);
    });
  }

  const COPIES: [from: number[], to: number[]][] = [
    [[1], [1000, 2000]],
    [[1000, 2000], [1]],
    [[], [63, 64]],
    [[63, 64], []],
    [
      [31, 32],
      [31, 32, 33],
    ],
  ];
  for (const [from, to] of COPIES) {
    test(`a set of [${to}] becomes a copy of [${from}], and stays apart from it`, () => {
      const original = fdSetOf(...from);
      const copy = fdSetOf(...to);
      copy.copyFrom(original);
      assert.deepEqual(members(copy), from);
      assert.equal(copy.nfds, original.nfds);
      for (const fd of to) assert.equal(copy.has(fd), from.includes(fd));
      copy.add(7);
      assert.equal(original.has(7), false);
    });
  }
});

describe('select', () => {
  test('a timeout of 0 only looks', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener());
    assert.equal(select(fdSetOf(server.fd), new FdSet(), 0), 0);
  });

  test('a positive timeout is waited for, and the sets are empty then', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener());
    const read = fdSetOf(server.fd);
    const start = performance.now();
    assert.equal(select(read, new FdSet(), 30.5), 0);
    const waited = performance.now() - start;
    assert(waited >= 30 && waited < DEADLINE_MS, `waited ${waited} ms`);
    assert.deepEqual(members(read), []);
  });

  test('a timeout below 0, a deadline missed, is one of 0', () => {
    assert.equal(select(new FdSet(), new FdSet(), -1), 0);
  });

  test('two empty sets and a timeout are a plain sleep', () => {
    const start = performance.now();
    assert.equal(select(new FdSet(), new FdSet(), 5), 0);
    assert(performance.now() - start >= 5);
  });

  test('data makes its socket readable, and no other', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const spoken = sockets.connect(listener);
    const silent = sockets.connect(listener);
    const read = fdSetOf(spoken.server.fd, silent.server.fd);
    spoken.client.send(Buffer.from('x'));
    assert.equal(select(read, new FdSet(), Number.POSITIVE_INFINITY), 1);
    assert.deepEqual(members(read), [spoken.server.fd]);
  });

  test('the end of the stream and a waiting client are readable', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const { client, server } = sockets.connect(listener);
    client.shutdown('write');
    awaitReadable(server);
    sockets.open().connect(listener.localAddress());
    awaitReadable(listener);
  });

  test('a socket is writable until its buffers are full, and again when they are read', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    assert.equal(select(new FdSet(), fdSetOf(server.fd), 0), 1);
    const chunk = Buffer.alloc(1 << 16);
    const sent = fill(server, chunk);
    const write = fdSetOf(server.fd);
    assert.equal(select(new FdSet(), write, 0), 0);
    assert.deepEqual(members(write), []);
    for (let received = 0; received < sent; ) {
      const count = client.recv(chunk);
      assert(count !== WOULD_BLOCK);
      received += count;
    }
    write.add(server.fd);
    assert.equal(select(new FdSet(), write, DEADLINE_MS), 1);
    assert.deepEqual(members(write), [server.fd]);
  });

  test('a socket may be readable and writable at once, and counts twice', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    client.send(Buffer.from('x'));
    awaitReadable(server);
    const read = fdSetOf(server.fd);
    const write = fdSetOf(server.fd);
    assert.equal(select(read, write, DEADLINE_MS), 2);
    assert.deepEqual([members(read), members(write)], [[server.fd], [server.fd]]);
  });

  const NO_TIMEOUTS: [timeout: unknown, name: string][] = [
    [Number.NaN, 'RangeError'],
    [1e11 + 1, 'RangeError'],
    [2 ** 32 * 1000, 'RangeError'],
    [Number.MAX_VALUE, 'RangeError'],
    ['5', 'TypeError'],
    [5n, 'TypeError'],
    [null, 'TypeError'],
    [{ valueOf: () => 5 }, 'TypeError'],
  ];
  for (const [timeout, name] of NO_TIMEOUTS) {
    test(`a timeout of ${String(timeout)} (${typeof timeout}) is a ${name}`, () => {
      const call = () => select(new FdSet(), new FdSet(), timeout as number);
      assert.throws(call, { name, message: /^timeout: / });
    });
  }

  test('the longest timeout is one that the kernel takes', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener());
    assert.equal(select(new FdSet(), fdSetOf(server.fd), 1e11), 1);
    assert.equal(select(new FdSet(), fdSetOf(server.fd), Number.MIN_VALUE), 1);
    assert.equal(select(new FdSet(), fdSetOf(server.fd), Number.NEGATIVE_INFINITY), 1);
  });

  test('its sets are FdSets and nothing else', () => {
    for (const set of [
      null,
      undefined,
      new Set([3]),
      [3],
      { nfds: 3, words: new Uint32Array(2) },
    ]) {
      const none = set as unknown as FdSet;
      assert.throws(() => select(none, new FdSet(), 0), { name: 'TypeError', message: /^read: / });
      assert.throws(() => select(new FdSet(), none, 0), { name: 'TypeError', message: /^write: / });
    }
  });

  test('an interrupted select leaves nothing in its sets', t => {
    t.after(interpose(() => ({ select: () => -EINTR })));
    const [read, write] = [fdSetOf(3, 300), fdSetOf(5)];
    assert.equal(select(read, write), INTERRUPTED);
    assert.deepEqual([members(read), members(write)], [[], []]);
  });

  test('a closed descriptor in a set is a SystemError', t => {
    const sockets = new TestSockets(t);
    const socket = sockets.open();
    const read = fdSetOf(socket.fd);
    sockets.close(socket);
    assert.throws(() => select(read, new FdSet(), 0), {
      name: 'SystemError',
      call: 'select',
      code: 'EBADF',
    });
  });

  const PAIRS = 600;
  const roomy = system.softLimit(RLIMIT_NOFILE) >= 2 * PAIRS + 100;
  const skip = !roomy && 'this system allows too few descriptors';

  test('descriptors above 1,024 are watched like any other', { skip }, t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const first = sockets.connect(listener);
    let last = first;
    for (let count = 0; count < PAIRS; count++) last = sockets.connect(listener);
    assert(last.server.fd > 1024, `the last descriptor is ${last.server.fd}`);

    last.client.send(Buffer.from('x'));
    const read = fdSetOf(first.server.fd, last.server.fd);
    assert.equal(select(read, new FdSet(), DEADLINE_MS), 1);
    assert.deepEqual(members(read), [last.server.fd]);

    const LOPSIDED: [read: number[], write: number[], readable: number[], writable: number[]][] = [
      [[last.server.fd], [first.server.fd], [last.server.fd], [first.server.fd]],
      [[first.server.fd], [last.server.fd], [], [last.server.fd]],
      [[last.server.fd], [], [last.server.fd], []],
      [[], [last.server.fd], [], [last.server.fd]],
    ];
    for (const [reads, writes, readable, writable] of LOPSIDED) {
      const read = fdSetOf(...reads);
      const write = fdSetOf(...writes);
      assert.equal(select(read, write, DEADLINE_MS), readable.length + writable.length);
      assert.deepEqual([members(read), members(write)], [readable, writable]);
    }
  });
});
