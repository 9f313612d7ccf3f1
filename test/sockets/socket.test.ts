import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { platform } from 'node:process';
import { describe, test } from 'node:test';
import type { Address } from '../../src/sockets/address.ts';
import * as constant from '../../src/sockets/constants.ts';
import { FdSet, select } from '../../src/sockets/select.ts';
import { Socket, WOULD_BLOCK } from '../../src/sockets/socket.ts';
import { interpose, system } from '../../src/sockets/system-calls.ts';
import { SystemError } from '../../src/sockets/system-error.ts';
import { awaitReadable, DEADLINE_MS, fdSetOf, fill, TestSockets } from './connections.ts';

const HOST = '127.0.0.1';
const linuxOnly = { skip: platform !== 'linux' && 'looks into /proc' };

describe('options', () => {
  test('userTimeout ends the connection to a peer that does not read', linuxOnly, t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    listener.setOption('userTimeout', 1);
    const { server } = sockets.connect(listener);
    while (server.send(Buffer.alloc(65_536)) !== WOULD_BLOCK);
    const writable = fdSetOf(server.fd);
    assert.equal(select(new FdSet(), writable, 4 * DEADLINE_MS), 1, 'not in time');
    assert.throws(() => server.send(Buffer.alloc(1)), { call: 'send', code: 'ETIMEDOUT' });
  });

  test('receiveTimeout bounds the wait of a blocking recv', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener(), false);
    server.setOption('receiveTimeout', 0.01);
    assert.equal(server.recv(Buffer.alloc(1)), WOULD_BLOCK);
  });
});

describe('bind and listen', () => {
  test('port 0 lets the system choose, and localAddress tells what', t => {
    const { host, port } = new TestSockets(t).listener().localAddress();
    assert.equal(host, HOST);
    assert(port > 0 && port < 65_536);
  });

  test('a port and address that are asked for are taken', t => {
    const sockets = new TestSockets(t);
    const free = sockets.listener();
    const address = { host: '127.0.0.1', port: free.localAddress().port };
    sockets.close(free);
    const socket = sockets.open();
    socket.setOption('reuseAddress', 1);
    socket.bind(address);
    assert.deepEqual(socket.localAddress(), address);
  });

  test('a port in use is a SystemError that names call, code, errno and reason', t => {
    const sockets = new TestSockets(t);
    const taken = sockets.listener().localAddress();
    assert.throws(() => sockets.open().bind(taken), {
      name: 'SystemError',
      message: 'bind: address already in use (EADDRINUSE)',
      call: 'bind',
      code: 'EADDRINUSE',
      errno: platform === 'linux' ? 98 : 48,
      reason: 'address already in use',
    });
  });

  test('an address of another machine cannot be had', t => {
    assert.throws(() => new TestSockets(t).open().bind({ host: '192.0.2.1', port: 0 }), {
      name: 'SystemError',
      call: 'bind',
      code: 'EADDRNOTAVAIL',
    });
  });

  const NO_ADDRESSES: Address[] = [
    { host: '', port: 1 },
    { host: 'localhost', port: 1 },
    { host: '127.1', port: 1 },
    { host: '127.0.0.0.1', port: 1 },
    { host: '256.1.1.1', port: 1 },
    { host: '01.2.3.4', port: 1 },
    { host: ' 127.0.0.1', port: 1 },
    { host: '127.0.0.1\n', port: 1 },
    { host: '::1', port: 1 },
    { host: HOST, port: -1 },
    { host: HOST, port: 65_536 },
    { host: HOST, port: 1.5 },
    { host: HOST, port: Number.NaN },
  ];
  for (const address of NO_ADDRESSES) {
    test(`no address: ${JSON.stringify(address)}`, t => {
      const socket = new TestSockets(t).open();
      assert.throws(() => socket.bind(address), RangeError);
      assert.throws(() => socket.connect(address), RangeError);
    });
  }

  test('to listen on a connected socket is a SystemError', t => {
    const sockets = new TestSockets(t);
    const { client } = sockets.connect(sockets.listener());
    assert.throws(() => client.listen(1), { name: 'SystemError', call: 'listen' });
  });
});

describe('connect and accept', () => {
  test('connecting to a port without a listener is refused', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const address = listener.localAddress();
    sockets.close(listener);
    assert.throws(() => sockets.open().connect(address), {
      call: 'connect',
      code: 'ECONNREFUSED',
    });
  });

  test('a blocking socket is connected when connect returns', t => {
    const sockets = new TestSockets(t);
    const client = sockets.open();
    assert.equal(client.connect(sockets.listener().localAddress()), true);
    assert.equal(client.connectError(), undefined);
  });

  test('a non-blocking socket learns that it is connected', t => {
    const sockets = new TestSockets(t);
    const client = connectSoon(sockets, sockets.listener().localAddress());
    assert.equal(client.connectError(), undefined);
    assert.equal(client.send(Buffer.from('x')), 1);
  });

  test('a non-blocking socket learns that it is refused', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const address = listener.localAddress();
    sockets.close(listener);
    assert.equal(connectSoon(sockets, address).connectError()?.code, 'ECONNREFUSED');
  });

  test('accept tells the address of the peer', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    const client = sockets.open();
    client.connect(listener.localAddress());
    const accepted = listener.accept(true);
    assert(accepted);
    sockets.keep(accepted.socket);
    assert.deepEqual(accepted.peer, client.localAddress());
    assert.deepEqual(accepted.socket.localAddress(), listener.localAddress());
  });

  test('a non-blocking listener without a client accepts undefined', t => {
    const listener = new TestSockets(t).listener();
    listener.setNonBlocking(true);
    assert.equal(listener.accept(true), undefined);
  });

  test('a client that reset its connection before it was accepted does not throw', t => {
    const sockets = new TestSockets(t);
    const listener = sockets.listener();
    listener.setNonBlocking(true);
    const client = sockets.open();
    client.connect(listener.localAddress());
    reset(sockets, client);
    const accepted = listener.accept(true);
    if (accepted) sockets.keep(accepted.socket);
  });

  test('whatever accept fails with is thrown, and says whether it may pass', t => {
    const notListening = new TestSockets(t).open();
    const isProgrammingError = true;
    assert.throws(() => notListening.accept(true), {
      call: 'accept',
      code: 'EINVAL',
      isProgrammingError,
    });
    const restore = interpose(() => ({ accept: () => -constants.errno.ECONNABORTED }));
    t.after(restore);
    assert.throws(() => notListening.accept(true), {
      code: 'ECONNABORTED',
      isProgrammingError: false,
    });
  });

  for (const nonBlocking of [true, false]) {
    test(`accepted ${nonBlocking ? 'non-blocking' : 'blocking'}, closed on exec`, linuxOnly, t => {
      const sockets = new TestSockets(t);
      const { server } = sockets.connect(sockets.listener(), nonBlocking);
      assert.deepEqual(flagsOf(server), { nonBlocking, closeOnExec: true });
    });
  }

  test('opened blocking, closed on exec', linuxOnly, t => {
    const socket = new TestSockets(t).open();
    assert.deepEqual(flagsOf(socket), { nonBlocking: false, closeOnExec: true });
  });

  test('setNonBlocking turns it on and off', linuxOnly, t => {
    const socket = new TestSockets(t).open();
    socket.setNonBlocking(true);
    assert.equal(flagsOf(socket).nonBlocking, true);
    socket.setNonBlocking(false);
    assert.equal(flagsOf(socket).nonBlocking, false);
  });
});

describe('recv and send', () => {
  test('what is sent is received, from the beginning of the buffer on', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    assert.equal(client.send(Buffer.from('22 + 44')), 7);
    awaitReadable(server);
    const buffer = Buffer.alloc(10, '.');
    assert.equal(server.recv(buffer), 7);
    assert.equal(buffer.toString(), '22 + 44...');
  });

  test('send takes the first bytes of a buffer, of a part of one too', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    assert.equal(client.send(Buffer.from('abcdef').subarray(2), 3), 3);
    awaitReadable(server);
    const buffer = Buffer.alloc(8, '.');
    assert.equal(server.recv(buffer.subarray(1)), 3);
    assert.equal(buffer.toString(), '.cde....');
  });

  test('a full buffer leaves the rest for the next recv', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    client.send(Buffer.from('abcd'));
    awaitReadable(server);
    const buffer = Buffer.alloc(3);
    assert.deepEqual([server.recv(buffer), buffer.toString()], [3, 'abc']);
    assert.deepEqual([server.recv(buffer), buffer.toString()], [1, 'dbc']);
  });

  test('recv would block when nothing has come', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener());
    assert.equal(server.recv(Buffer.alloc(8)), WOULD_BLOCK);
  });

  test('send takes what fits, and then would block', t => {
    const sockets = new TestSockets(t);
    const { server } = sockets.connect(sockets.listener());
    const chunk = Buffer.alloc(1 << 24);
    const first = server.send(chunk);
    assert(first !== WOULD_BLOCK && first > 0 && first < chunk.length);
    fill(server, chunk);
    assert.equal(server.send(chunk), WOULD_BLOCK);
  });

  test('recv returns 0 at the end of the stream, again and again', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    client.send(Buffer.from('x'));
    client.shutdown('write');
    awaitReadable(server);
    const buffer = Buffer.alloc(8);
    assert.equal(server.recv(buffer), 1);
    awaitReadable(server);
    assert.equal(server.recv(buffer), 0);
    assert.equal(server.recv(buffer), 0);
  });

  test('after a half-close replies still arrive', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    assert.equal(client.shutdown('write'), true);
    server.send(Buffer.from('66\n'));
    const buffer = Buffer.alloc(8);
    assert.equal(client.recv(buffer), 3);
  });

  test('a reset by the peer is ECONNRESET', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    reset(sockets, client);
    awaitReadable(server);
    assert.throws(() => server.recv(Buffer.alloc(8)), {
      name: 'SystemError',
      call: 'recv',
      code: 'ECONNRESET',
      reason: 'connection reset by peer',
    });
  });

  test('send to a peer that is gone is EPIPE', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    sendAfterClose(sockets, client, server);
  });

  test('send to a peer that is gone does not end a process that SIGPIPE would', () => {
    // Node ignores SIGPIPE; here it is made deadly again.
    const script = `
      import koffi from 'koffi';
      import { Socket } from ${JSON.stringify(new URL('../../src/sockets/socket.ts', import.meta.url))};
      const SIGPIPE = 13, SIG_DFL = 0;
      koffi.load(null).func('intptr_t signal(int, intptr_t)')(SIGPIPE, SIG_DFL);
      const listener = Socket.open();
      listener.bind({ host: '${HOST}', port: 0 });
      listener.listen(1);
      const client = Socket.open();
      client.connect(listener.localAddress());
      client.shutdown('write');
      try { client.send(Buffer.from('x')); } catch (error) { process.stdout.write(error.code); }
    `;
    const output = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { timeout: DEADLINE_MS, encoding: 'utf8' },
    );
    assert.equal(output, 'EPIPE');
  });
});

describe('shutdown and close', () => {
  test('shutdown returns false when there is no connection', t => {
    const sockets = new TestSockets(t);
    assert.equal(sockets.open().shutdown('both'), false);
  });

  test('shutdown returns false when the peer has reset the connection', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    reset(sockets, client);
    awaitReadable(server);
    assert.equal(server.shutdown('write'), false);
  });

  test('shutdown of reading ends what can be received, and sending goes on', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    assert.equal(server.shutdown('read'), true);
    assert.equal(server.recv(Buffer.alloc(8)), 0);
    assert.equal(server.send(Buffer.from('x')), 1);
    assert.equal(client.recv(Buffer.alloc(8)), 1);
  });

  test('close ends the stream of the peer', t => {
    const sockets = new TestSockets(t);
    const { client, server } = sockets.connect(sockets.listener());
    sockets.close(server);
    assert.equal(client.recv(Buffer.alloc(8)), 0);
  });

  /** Every method, and the call it names. */
  const AFTER_CLOSE: Record<string, [call: string, attempt: (socket: Socket) => unknown]> = {
    close: ['close', socket => socket.close()],
    bind: ['bind', socket => socket.bind({ host: HOST, port: 0 })],
    listen: ['listen', socket => socket.listen(1)],
    connect: ['connect', socket => socket.connect({ host: HOST, port: 1 })],
    recv: ['recv', socket => socket.recv(Buffer.alloc(1))],
    peerHasClosed: ['recv', socket => socket.peerHasClosed()],
    send: ['send', socket => socket.send(Buffer.alloc(1))],
    shutdown: ['shutdown', socket => socket.shutdown('both')],
    accept: ['accept', socket => socket.accept(true)],
    localAddress: ['getsockname', socket => socket.localAddress()],
    connectError: ['getsockopt', socket => socket.connectError()],
    setOption: ['setsockopt', socket => socket.setOption('noDelay', 1)],
    setNonBlocking: ['fcntl', socket => socket.setNonBlocking(true)],
    unacknowledged: ['ioctl', socket => socket.unacknowledged()],
  };

  test('the table has every method', () => {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(Socket.prototype))
      .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
      .map(([name]) => name);
    assert.deepEqual(methods.sort(), Object.keys(AFTER_CLOSE).sort());
  });

  for (const [method, [call, attempt]] of Object.entries(AFTER_CLOSE)) {
    test(`${method} after close is EBADF, and leaves the next owner of the number alone`, t => {
      const sockets = new TestSockets(t);
      const socket = sockets.open();
      const { fd } = socket;
      sockets.close(socket);
      const next = sockets.open();
      assert.equal(next.fd, fd, 'the number was not given out again');
      const putBack = interpose(calls => Object.fromEntries(Object.keys(calls).map(fail)));
      try {
        assert.throws(() => attempt(socket), { name: 'SystemError', call, code: 'EBADF' });
      } finally {
        putBack();
      }
      assert.equal(socket.fd, fd);
    });
  }

  test('a socket that another Socket closed is EBADF by the kernel', t => {
    const sockets = new TestSockets(t);
    const socket = sockets.open();
    new Socket(socket.fd).close();
    assert.throws(() => sockets.close(socket), { call: 'close', code: 'EBADF' });
  });
});

test('a SystemError without a name still tells its number', () => {
  const { code, reason, message } = new SystemError('recv', 9999);
  assert.deepEqual([code, reason], ['errno 9999', 'unknown error']);
  assert.equal(message, 'recv: unknown error (errno 9999)');
});

/** A system call that must not be made. */
function fail(name: string): [string, () => never] {
  return [name, () => assert.fail(`${name} was called`)];
}

/** Closes with a reset, as SO_LINGER with a time of 0 asks for. */
function reset(sockets: TestSockets, client: Socket): void {
  const linger = new Int32Array([1, 0]);
  const SO_LINGER = platform === 'linux' ? 13 : 0x80;
  assert.equal(system.setsockopt(client.fd, constant.SOL_SOCKET, SO_LINGER, linger), 0);
  sockets.close(client);
}

function sendAfterClose(sockets: TestSockets, client: Socket, server: Socket): void {
  sockets.close(client);
  // A first send still succeeds, and is answered by a reset.
  const sendOften = (): void => {
    for (let count = 0; count < 1000; count++) server.send(Buffer.from('x'));
  };
  assert.throws(sendOften, {
    name: 'SystemError',
    call: 'send',
    code: 'EPIPE',
    reason: 'broken pipe',
  });
}

/** A non-blocking socket whose connect has been answered. */
function connectSoon(sockets: TestSockets, address: Address): Socket {
  const client = sockets.open();
  client.setNonBlocking(true);
  client.connect(address);
  assert.equal(select(new FdSet(), fdSetOf(client.fd), DEADLINE_MS), 1, 'no answer in time');
  return client;
}

/** The flags of a descriptor as Linux shows them, in octal. */
function flagsOf({ fd }: Socket): { nonBlocking: boolean; closeOnExec: boolean } {
  const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '', 8);
  return { nonBlocking: (flags & 0o4000) !== 0, closeOnExec: (flags & 0o2000000) !== 0 };
}
