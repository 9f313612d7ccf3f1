/**
 * Every error that the manual pages of accept(2), select(2) and the calls on a client's socket name,
 * and some that they do not: what a server does when the system reports it. Only errors of the
 * program itself may end it.
 */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { server1 } from '../../src/server1.ts';
import { server3 } from '../../src/server3.ts';
import { server4 } from '../../src/server4.ts';
import { RETRY_DELAY_MS } from '../../src/serving/limits.ts';
import type { SystemCalls } from '../../src/sockets/system-calls.ts';
import { eventually } from '../support/deadline.ts';
import { InProcessServer, SPEED } from '../support/in-process-server.ts';
import type { Peer } from '../support/peer.ts';
import { reservedPort } from '../support/ports.ts';

const { errno } = constants;

/** Those that Node does not name have Linux's numbers; 9999 is no error's number at all. */
const OTHERS = {
  ENONET: 64,
  ESOCKTNOSUPPORT: 94,
  EHOSTDOWN: 112,
  ERESTARTSYS: 512,
  EUNKNOWN: 9999,
};

const NUMBERS: Readonly<Record<string, number>> = { ...OTHERS, ...errno };

/** How often a call fails in a row. */
const FAILURES = 3;

const ACCEPT_SURVIVES = [
  'ECONNABORTED EMFILE ENFILE ENOBUFS ENOMEM EPERM EPROTO EOPNOTSUPP',
  'ENETDOWN ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH ENETUNREACH',
  'ENOSR ESOCKTNOSUPPORT EPROTONOSUPPORT ETIMEDOUT ERESTARTSYS',
  'EACCES ECONNRESET ENOTCONN EIO EUNKNOWN',
]
  .join(' ')
  .split(' ');

const SELECT_SURVIVES = ['ENOMEM', 'ENOBUFS', 'EAGAIN', 'EPERM', 'EIO', 'EUNKNOWN'];

const FATAL = ['EBADF', 'EFAULT', 'EINVAL', 'ENOSYS', 'ENOTSOCK'];

const number = (code: string): number => {
  const found = NUMBERS[code];
  assert.ok(found, `the number of ${code}`);
  return found;
};

const assertServed = async (peer: Peer): Promise<void> => {
  assert.equal(await peer.ask('22 + 44'), '66');
};

/** Lets a call fail a number of times, on a descriptor if one is given, once `isArmed`. */
class Failing {
  isArmed = false;
  left: number;
  readonly result: number;

  constructor(code: string, times = FAILURES) {
    this.result = -number(code);
    this.left = times;
  }

  take(): boolean {
    if (!this.isArmed || this.left === 0) return false;
    this.left--;
    return true;
  }
}

describe('accept(2)', () => {
  const start = (t: TestContext, code: string) => {
    const failing = new Failing(code);
    const times: number[] = [];
    const server = new InProcessServer(t, server3, ({ accept, now }) => ({
      accept: (fd, sockaddr, flags) => {
        if (!failing.take()) return accept(fd, sockaddr, flags);
        times.push(now());
        return failing.result;
      },
    }));
    failing.isArmed = true;
    return { server, times };
  };

  for (const code of ACCEPT_SURVIVES) {
    it(`${code}: one line, a pause after each failure, and service goes on`, async t => {
      const { server, times } = start(t, code);
      await assertServed(await server.connect());
      assert.equal(times.length, FAILURES);
      for (const [index, time] of times.slice(1).entries()) {
        assert.ok(time - (times[index] as number) >= RETRY_DELAY_MS, `${times}`);
      }
      assert.equal(
        server.lines(/^Cannot accept clients: .*, trying again every 100 ms$/).length,
        1,
      );
      await server.stop();
    });
  }

  for (const code of ['EINTR', 'EAGAIN']) {
    it(`${code}: no line, and service goes on`, async t => {
      const { server } = start(t, code);
      await assertServed(await server.connect());
      assert.deepEqual(server.lines(/^Cannot/), []);
      await server.stop();
    });
  }

  for (const code of FATAL) {
    it(`${code} ends the server`, async t => {
      const { server } = start(t, code);
      await server.connect();
      await assert.rejects(server.end, { call: 'accept', code });
    });
  }

  it('logs it again when it fails again after a success', async t => {
    const failing = new Failing('EMFILE', Number.POSITIVE_INFINITY);
    const server = new InProcessServer(t, server3, ({ accept }) => ({
      accept: (...words) => (failing.take() ? failing.result : accept(...words)),
    }));
    for (let count = 1; count <= 2; count++) {
      failing.isArmed = true;
      const peer = await server.connect();
      await eventually(() => server.lines(/^Cannot accept/).length === count, 'the line');
      failing.isArmed = false;
      await assertServed(peer);
    }
    await server.stop();
  });
});

describe('select(2)', () => {
  const start = (t: TestContext, code: string) => {
    const failing = new Failing(code);
    const server = new InProcessServer(t, server3, ({ select }) => ({
      select: (...words) => (failing.take() ? failing.result : select(...words)),
    }));
    return { server, failing };
  };

  for (const code of SELECT_SURVIVES) {
    it(`${code}: one line, a sleep in its place, and service goes on`, async t => {
      const { server, failing } = start(t, code);
      const peer = await server.connect();
      await assertServed(peer);
      failing.isArmed = true;
      await assertServed(peer);
      await eventually(() => failing.left === 0, 'the failures');
      await assertServed(peer);
      assert.equal(
        server.lines(/^Cannot wait for clients: .*, trying again every 100 ms$/).length,
        1,
      );
      const slept = server.sleeps.reduce((sum, ms) => sum + ms, 0);
      assert.ok(slept >= RETRY_DELAY_MS, `slept ${server.sleeps}`);
      await server.stop();
    });
  }

  it('EINTR: no line, and service goes on', async t => {
    const { server, failing } = start(t, 'EINTR');
    failing.isArmed = true;
    await assertServed(await server.connect());
    assert.deepEqual(server.lines(/^Cannot/), []);
    await server.stop();
  });

  for (const code of FATAL) {
    it(`${code} ends the server`, async t => {
      const { server, failing } = start(t, code);
      failing.isArmed = true;
      await assert.rejects(server.end, { call: 'select', code });
    });
  }

  it('that fails for ever does not keep a server from hearing a signal and stopping', async t => {
    const failing = new Failing('ENOMEM', Number.POSITIVE_INFINITY);
    const server = new InProcessServer(t, server3, ({ select }) => ({
      select: (...words) => (failing.take() ? failing.result : select(...words)),
    }));
    await assertServed(await server.connect());
    failing.isArmed = true;
    await server.stop();
    assert.match(server.log, /Server stopped\n$/);
  });
});

/** The calls on a client's socket, and what the manual pages say they may fail with. */
const CALLS: Partial<Record<keyof SystemCalls, string>> = {
  recv: 'EBADF ECONNREFUSED ECONNRESET EFAULT EINVAL EIO ENOBUFS ENOMEM ENOTCONN ENOTSOCK ETIMEDOUT EUNKNOWN',
  send: 'EACCES EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EHOSTUNREACH EINVAL EIO EISCONN EMSGSIZE ENETDOWN ENETUNREACH ENOBUFS ENOMEM ENOTCONN ENOTSOCK EOPNOTSUPP EPERM EPIPE ETIMEDOUT EUNKNOWN',
};

for (const [call, codes] of Object.entries(CALLS)) {
  describe(`${call}(2) on a client's socket`, () => {
    for (const code of codes.split(' ')) {
      it(`${code} ends that client and no other`, async t => {
        const failing = new Failing(code, 1);
        const server = new InProcessServer(t, server3, calls => ({
          [call]: (...words: [number, Uint8Array, number, number]) =>
            failing.take() ? failing.result : calls[call as 'recv' | 'send'](...words),
        }));
        const other = await server.connect();
        await assertServed(other);
        const victim = await server.connect();
        await assertServed(victim);
        failing.isArmed = true;
        victim.send('1 + 1\n');
        await victim.received.rest();
        // Its line is written at the end of the tick.
        await assertServed(other);
        assert.equal(server.lines(/^Client socket \d+ disconnected: /).length, 1);
        await assertServed(await server.connect());
        await server.stop();
      });
    }
  });
}

describe('close(2)', () => {
  for (const code of ['EINTR', 'EIO', 'ENOSPC', 'EDQUOT']) {
    it(`${code}: it has closed, and service goes on`, async t => {
      const failing = new Failing(code, 1);
      const server = new InProcessServer(t, server1, ({ close }) => ({
        close: fd => {
          const result = close(fd);
          return failing.take() ? failing.result : result;
        },
      }));
      const peer = await server.connect();
      await assertServed(peer);
      failing.isArmed = true;
      await peer.close();
      await eventually(() => failing.left === 0, 'the close');
      await assertServed(await server.connect());
      await server.stop();
    });
  }
});

describe('a client that is refused', () => {
  const FAILING: [call: 'recv' | 'send' | 'shutdown', code: string][] = [
    ['send', 'EPIPE'],
    ['send', 'ENOBUFS'],
    ['shutdown', 'ENOTCONN'],
    ['shutdown', 'ENOBUFS'],
    ['recv', 'ECONNRESET'],
    ['recv', 'ENOMEM'],
  ];
  for (const [call, code] of FAILING) {
    it(`is disconnected, and no other client, when ${call} fails with ${code}`, async t => {
      let victim: number | undefined;
      let isDone = false;
      const server = new InProcessServer(t, server1, calls => ({
        // In our time: the refused client must be able to send before its socket is closed.
        now: () => calls.now() / SPEED,
        accept: (...words) => {
          const fd = calls.accept(...words);
          if (fd >= 0) victim = fd;
          return fd;
        },
        [call]: (...words: [number, never, never, never]) => {
          if (!armed || words[0] !== victim)
            return (calls[call] as (...all: unknown[]) => number)(...words);
          isDone = true;
          return -number(code);
        },
      }));
      let armed = false;
      const served = await server.connect();
      await assertServed(served);
      armed = true;
      const refused = await server.connect();
      refused.send('1 + 1\n');
      await refused.received.rest();
      await eventually(() => isDone, `the ${call}`);
      await assertServed(served);
      await server.stop();
    });
  }
});

describe('a client that is there when the server stops', () => {
  for (const call of ['ioctl', 'shutdown'] as const) {
    for (const code of ['ENOBUFS', 'EIO']) {
      it(`gets the end of the stream when ${call} fails with ${code}`, async t => {
        const failing = new Failing(code, Number.POSITIVE_INFINITY);
        const server = new InProcessServer(t, server4, calls => ({
          // So that it is not let go at once.
          ioctl: () => (call === 'ioctl' && failing.take() ? failing.result : 1),
          shutdown: (fd, how) =>
            call === 'shutdown' && failing.take() ? failing.result : calls.shutdown(fd, how),
        }));
        const peer = await server.connect();
        assert.equal(await peer.ask('22 + 44'), '22 + 44');
        failing.isArmed = true;
        const stopped = server.stop();
        assert.equal(await peer.received.rest(), '');
        assert.equal(peer.received.error, undefined);
        peer.halfClose();
        await stopped;
      });
    }
  }
});

describe('getsockname(2)', () => {
  it('that fails is not needed when the port is known', async t => {
    const { port } = reservedPort(t);
    const server = new InProcessServer(t, server3, () => ({ getsockname: () => -errno.ENOBUFS }), {
      address: { host: '127.0.0.1', port },
    });
    await assertServed(await server.connect());
    await server.stop();
  });

  it('that fails when the system chose the port: cannot listen', async t => {
    const server = new InProcessServer(t, server3, () => ({ getsockname: () => -errno.ENOBUFS }));
    await assert.rejects(server.end, { name: 'CannotListen' });
  });
});
