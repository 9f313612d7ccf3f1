/**
 * What clients, networks and machines do to a server, injected for real. After each fault a new
 * client is answered, and descriptors, threads and memory are back where they were.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { IDLE_THREADS } from '../../src/serving/limits.ts';
import { RLIMIT_NOFILE } from '../../src/sockets/constants.ts';
import { system } from '../../src/sockets/system-calls.ts';
import { CLI, run, Server, startServer, startServerInto } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { patched, withLongGrace } from '../support/patched.ts';
import type { Peer } from '../support/peer.ts';
import { Scope } from '../support/scope.ts';
import { settled } from '../support/settled.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Resident memory may differ by this much for reasons of V8's own. */
const MEMORY_SLACK_MIB = 24;

/** What one thread more takes at most. */
const MIB_OF_A_THREAD = 14;

const LOOKS = 20;
const LOOK_MS = 25;

/**
 * Whether its main thread sleeps in a quarter of the looks: one that spins never does, however little
 * of a busy machine's time it gets.
 */
async function isCalm(server: Server): Promise<boolean> {
  let asleep = 0;
  for (let look = 0; look < LOOKS; look++) {
    if (server.isAsleep) asleep++;
    await delay(LOOK_MS);
  }
  return asleep >= LOOKS / 4;
}

/** Clients take numbers up to 1,120 or so, in the server and in the test. */
const tooFewDescriptors = system.softLimit(RLIMIT_NOFILE) < 1200 && 'this system allows too few';

/** Servers in which the system decides which client is served next. */
const OWN_TURNS: Record<string, string> = {
  server1: 'serves one client at a time',
  server2: 'the system shares its processors among the threads',
  server4: 'calculates nothing',
};

/** One or two worst-case messages fill a time slice of 2 ms; a fast machine may calculate four. */
const MOST_IN_A_TURN = 4;

/** How often each comes in a row. */
function runsOf(values: readonly string[]): number[] {
  const starts = values.flatMap((value, index) => (value === values[index - 1] ? [] : [index]));
  return starts.map((start, index) => (starts[index + 1] ?? values.length) - start);
}

/** A client may come before the thread of the last one is free again, and one thread is spare. */
const MORE_THREADS = 3;

/** The descriptors of a thread's event loop and log, and its client's socket. */
const DESCRIPTORS_OF_A_THREAD = 6;

const SERVERS = [
  { name: 'server1', echoes: false, alone: true },
  { name: 'server2', echoes: false, alone: false },
  { name: 'server3', echoes: false, alone: false },
  { name: 'server4', echoes: true, alone: false },
] as const;

for (const { name, echoes, alone } of SERVERS) {
  const replyTo = (message: string, reply: string): string => (echoes ? message : reply);

  /** A client of server2 costs a thread that takes tens of milliseconds to start. */
  const manyClients = name === 'server2' ? 5 : 100;
  const fewClients = name === 'server2' ? 2 : 5;

  const assertServed = async (peer: Peer): Promise<void> => {
    assert.equal(await peer.ask('22 + 44'), replyTo('22 + 44', '66'));
  };

  /** A client that comes, is answered and goes; with server1, once the one before has gone. */
  const serveOne = async (server: Server): Promise<void> => {
    await eventually(async () => {
      const peer = await server.connect();
      const answer = await peer.ask('22 + 44');
      await peer.close();
      return answer === replyTo('22 + 44', '66');
    }, 'a new client to be answered');
  };

  /** Starts a server, lets `fault` happen, and checks that nothing is left of it. */
  const withstands = async (
    test: TestContext,
    fault: (server: Server) => Promise<void>,
  ): Promise<void> => withstood(await startServer(test, name, ['--quiet']), fault);

  /** One thread waits for the next client before a fault, and perhaps all that are kept behind it. */
  const spareThreads = name === 'server2' ? IDLE_THREADS - 1 : 0;

  const withstood = async (
    server: Server,
    fault: (server: Server) => Promise<void>,
  ): Promise<void> => {
    await serveOne(server);
    await serveOne(server);
    await settled(server.pid);
    const { threads, descriptors, residentMiB } = server;
    await fault(server);
    await serveOne(server);
    const mostDescriptors = descriptors + spareThreads * DESCRIPTORS_OF_A_THREAD;
    await eventually(() => server.descriptors <= mostDescriptors, 'the descriptors to be closed');
    await eventually(() => server.threads <= threads + spareThreads, 'the threads to end');
    const grown = server.residentMiB - residentMiB;
    const slack = MEMORY_SLACK_MIB + spareThreads * MIB_OF_A_THREAD;
    assert.ok(grown < slack, `${grown} MiB more resident memory`);
  };

  describe(`${name} withstands`, { skip: unlessLinux }, () => {
    describe('in one process, one after the other:', () => {
      const scope = new Scope();
      let server: Server;
      before(async () => {
        server = await startServer(scope, name, ['--quiet']);
      });
      after(() => scope.end());

      it('resets right after the connection', () =>
        withstood(server, async () => {
          for (let count = 0; count < manyClients; count++) await (await server.connect()).reset();
        }));

      it('resets in the middle of a message, with replies unread', () =>
        withstood(server, async () => {
          for (let count = 0; count < manyClients; count++) {
            const peer = await server.connect();
            peer.send('1 + 1\n'.repeat(100)).send('2 + ');
            await peer.reset();
          }
        }));

      it('connections that send nothing', () =>
        withstood(server, async () => {
          for (let count = 0; count < manyClients; count++) await (await server.connect()).close();
        }));

      it('a client that is killed', t =>
        withstood(server, async () => {
          const connecting = `require('net').connect(${server.port},'127.0.0.1',()=>console.log('up'))`;
          const client = run(t, [execPath, '-e', connecting]);
          await client.stdout.line();
          client.signal('SIGKILL');
          await client.exit();
        }));

      it('bytes that are no expression: one error each, or the same from the echo', () =>
        withstood(server, async () => {
          const peer = await server.connect();
          await assertServed(peer);
          const oddities = [
            '1\0+1',
            Buffer.from([0xc3, 0x28]),
            '\x1b[2J',
            '1\r2',
            '\r',
            '\u2028',
            '１ + １',
            'GET / HTTP/1.1',
            Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0xfc, 0x03, 0x03]),
            '__proto__',
            'process.exit()',
          ];
          for (const oddity of oddities) {
            peer.send(oddity).send('\n');
            if (echoes) {
              const same = await peer.received.bytes(Buffer.byteLength(oddity) + 1);
              assert.deepEqual(same, Buffer.concat([Buffer.from(oddity), Buffer.from('\n')]));
              continue;
            }
            const reply = await peer.received.line();
            assert.match(reply, /^error: [ -~]+$|^error: unexpected '.{1,4}' at column \d+$/u);
          }
          await assertServed(peer);
          await peer.close();
        }));

      it('a character cut in two', () =>
        withstood(server, async () => {
          const peer = await server.connect();
          await assertServed(peer);
          const bytes = Buffer.from('2 + é\n');
          for (const byte of bytes) peer.send(Buffer.of(byte));
          assert.match(await peer.received.line(), echoes ? /^2 \+ é$/ : /^error: unexpected 'é'/);
          await peer.close();
        }));
    });

    const INJECTED = [
      {
        call: 'accept4',
        error: 'EPERM',
        line: /^Cannot accept clients: .*\(EPERM\), trying again/,
      },
      { call: 'pselect6', error: 'ENOMEM', line: /^Cannot wait for clients: .*\(ENOMEM\), trying/ },
    ];
    for (const { call, error, line } of INJECTED) {
      it(`${error} from ${call}, three times in a row`, {
        skip: unlessInstalled('strace', '-e', `inject=${call}:error=${error}:when=1..3`, 'true'),
      }, async t => {
        const words = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`];
        const inject = ['-e', `inject=${call}:error=${error}:when=1..3`];
        const command = [execPath, CLI, name, '127.0.0.1', '0'];
        const server = new Server(t, spawn('strace', [...words, ...inject, ...command]));
        await server.waitUntilItListens();
        t.after(() => server.signal('SIGKILL'));
        const peer = await server.connect();
        await assertServed(peer);
        await peer.close();
        const lines = await server.stdout.linesUntil(/disconnected/);
        assert.equal(lines.filter(shown => line.test(shown)).length, 1, lines.join('\n'));
        process.kill(server.child, 'SIGTERM');
        assert.equal(await server.exit(), 0);
      });
    }

    it('64 MiB without a line end', t =>
      withstands(t, async server => {
        const peer = await server.connect();
        const mebibyte = Buffer.alloc(1024 * 1024, '7');
        const sendMebibytes = async (times: number): Promise<void> => {
          for (let count = 0; count < times; count++) {
            const isTaken = peer.socket.write(mebibyte);
            if (echoes) await peer.received.bytes(mebibyte.length);
            else if (!isTaken) await once(peer.socket, 'drain');
          }
        };
        peer.send('1 + 1\n');
        assert.equal(await peer.received.line(), replyTo('1 + 1', '2'));
        // What the heap takes for any work at all is taken by then.
        await sendMebibytes(16);
        await settled(server.pid);
        const before = server.residentMiB;
        await sendMebibytes(64);
        if (!echoes) {
          assert.equal(await peer.received.line(), 'error: message too long (limit 4096 bytes)');
        }
        peer.send('\n');
        if (echoes) assert.equal(await peer.received.line(), '');
        await assertServed(peer);
        const grown = server.residentMiB - before;
        assert.ok(grown < 8, `${grown} MiB more while it was sent`);
        await peer.close();
      }));

    it('a client that sends a million messages and does not read for long', t =>
      withstands(t, async server => {
        const deaf = await server.connect();
        deaf.socket.pause();
        const block = '2 + 2\n'.repeat(10_000);
        let sent = 0;
        const pump = (): void => {
          while (sent < 100) {
            sent++;
            if (!deaf.socket.write(block)) break;
          }
        };
        deaf.socket.on('drain', pump);
        pump();
        if (!alone) {
          const other = await server.connect();
          for (let count = 0; count < 50; count++) await assertServed(other);
          await other.close();
        }
        deaf.socket.resume();
        const reply = `${replyTo('2 + 2', '4')}\n`;
        const replies = await deaf.received.bytes(reply.length * 1_000_000);
        assert.ok(replies.equals(Buffer.from(reply.repeat(1_000_000))));
        await deaf.close();
      }));

    it('a client that is stopped and goes on later', t =>
      withstands(t, async server => {
        const script = `
          const socket = require('net').connect(${server.port}, '127.0.0.1');
          let lines = 0;
          socket.on('data', bytes => {
            for (const byte of bytes) if (byte === 10) lines++;
            if (lines === 300000) { console.log('all'); socket.end(); }
          });
          socket.write('2 + 2\\n'.repeat(300000), () => {});
          socket.on('connect', () => console.log('up'));`;
        const client = run(t, [execPath, '-e', script]);
        await client.stdout.line();
        client.signal('SIGSTOP');
        if (!alone) {
          const other = await server.connect();
          for (let count = 0; count < 50; count++) await assertServed(other);
          await other.close();
        }
        client.signal('SIGCONT');
        assert.equal(await client.stdout.line(), 'all');
        assert.equal(await client.exit(), 0);
      }));

    it(
      'one client that floods: others are answered meanwhile',
      {
        skip: alone && 'server1 has no others',
      },
      t =>
        withstands(t, async server => {
          const flooding = run(t, [
            execPath,
            '-e',
            `const socket = require('net').connect(${server.port}, '127.0.0.1');
           const block = '2 + 2\\n'.repeat(10000);
           const pump = () => { while (socket.write(block)); };
           socket.on('connect', () => { console.log('up'); pump(); });
           socket.on('drain', pump); socket.resume();`,
          ]);
          await flooding.stdout.line();
          const other = await server.connect();
          for (let count = 0; count < 100; count++) await assertServed(other);
          assert.equal(flooding.process.exitCode, null);
          flooding.signal('SIGKILL');
          await other.close();
        }),
    );

    it('the worst-case message from many clients: each gets a time slice before any gets a second', {
      skip: OWN_TURNS[name] ?? false,
    }, async t => {
      const directory = temporaryFolder(t);
      const log = join(directory, 'log');
      const server = await startServerInto(t, name, log);
      const peers: Peer[] = [];
      for (let count = 0; count < 10; count++) peers.push(await server.connect());
      await Promise.all(peers.map(assertServed));
      // All of them have sent all their messages before the first time slice.
      server.signal('SIGSTOP');
      const worstCase = `${'1+1/7^99+1/11^99+1/13^99+1/17^99+1/19^99+'.repeat(90)}1\n`;
      for (const peer of peers) peer.send(worstCase.repeat(8));
      const isSent = (): boolean => peers.every(({ socket }) => socket.writableLength === 0);
      await eventually(isSent, 'the messages to be sent');
      server.signal('SIGCONT');
      for (const peer of peers) await peer.received.lines(8);
      const shown = /^Client socket (\d+) sent message: 1/gm;
      let order: string[] = [];
      await eventually(() => {
        const answered = [...readFileSync(log, 'utf8').matchAll(shown)];
        order = answered.map(([, client]) => client as string);
        return order.length === 8 * peers.length;
      }, 'all messages to be shown');
      const longest = Math.max(...runsOf(order));
      assert.ok(longest <= MOST_IN_A_TURN, `${longest} in a row: ${order.join(' ')}`);
    });

    it('descriptors running out', t => exhaustDescriptors(t));

    it('no descriptor left for accept: it pauses, and goes on when there are some', {
      skip:
        name === 'server2'
          ? 'its threads open descriptors too: the limit on clients keeps some for them'
          : unlessInstalled('prlimit', '--version'),
    }, async t => {
      const server = await startServer(t, name);
      const first = await server.connect();
      await assertServed(first);
      const allow = (descriptors: number): void => {
        const words = ['--pid', String(server.pid), `--nofile=${descriptors}:`];
        assert.equal(spawnSync('prlimit', words).status, 0);
      };
      allow(server.lowestFreeDescriptor);
      const waiting = (await server.connect()).send('22 + 44\n');
      await server.stdout.linesUntil(/EMFILE/);
      await eventually(() => isCalm(server), 'it to rest');
      allow(system.softLimit(RLIMIT_NOFILE));
      const reply = alone ? /^error: server busy/ : /^(66|22 \+ 44)$/;
      assert.match(await waiting.received.line(), reply);
      await assertServed(first);
    });

    it(
      'descriptors above 1,024',
      {
        skip: alone || name === 'server2' ? 'serves fewer' : tooFewDescriptors,
      },
      t =>
        withstands(t, async server => {
          const peers: Peer[] = [];
          for (let count = 0; count < 1100; count++) peers.push(await server.connect());
          const last = peers.at(-1) as Peer;
          await assertServed(last);
          await assertServed(peers[0] as Peer);
          assert.ok(server.descriptors > 1024);
          for (const peer of peers) await peer.close();
        }),
    );

    for (const [failure, code] of [
      ['throws', "throw new Error('thrown for a test')"],
      ['exhausts its heap', 'const hoard = []; for (;;) hoard.push(new Array(1e5).fill({}))'],
    ]) {
      it(`a thread that ${failure}`, {
        skip: name !== 'server2' && 'has no threads',
      }, async t => {
        const directory = temporaryFolder(t);
        // A thread looks at the clock when it has several worst-case messages to answer.
        const preload = join(directory, 'preload.cjs');
        writeFileSync(
          preload,
          `const { isMainThread } = require('node:worker_threads');
           const { performance } = require('node:perf_hooks');
           if (!isMainThread) performance.now = () => { ${code}; };`,
        );
        const words = ['--require', preload, CLI, name, '127.0.0.1', '0'];
        const process = spawn(execPath, words);
        t.after(() => process.kill('SIGKILL'));
        const server = new Server(t, process);
        await server.waitUntilItListens();
        const others = await server.connect();
        await assertServed(others);
        const unlucky = await server.connect();
        unlucky.send('2 ^ 3\n2 ^ 3\n');
        await unlucky.received.rest();
        const left = (await server.stdout.linesUntil(/disconnected/)).at(-1);
        assert.match(left as string, /its thread failed: /);
        await assertServed(others);
        await serveOne(server);
      });
    }

    it('more clients than threads may be started for: threads are used again', {
      skip: name !== 'server2' && 'has no threads',
    }, async t => {
      const cli = patched(t, 'server2.js', { THREADS_BEFORE_REUSE: 3 });
      const server = await startServer(t, name, [], { cli });
      server.stdout.discard();
      for (let count = 0; count < 6; count++) await serveOne(server);
      await settled(server.pid);
      const { descriptors } = server;
      const threads = new Set(server.threadNumbers);
      for (let count = 0; count < 30; count++) {
        const peer = await server.connect();
        await assertServed(peer);
        if (count % 2) peer.send('1 +');
        await (count % 3 ? peer.close() : peer.reset());
      }
      const more = server.threadNumbers.filter(thread => !threads.has(thread));
      assert.ok(more.length <= MORE_THREADS, `${more.length} more threads for 30 clients`);
      await eventually(
        () => server.descriptors <= descriptors + MORE_THREADS * DESCRIPTORS_OF_A_THREAD,
        'the descriptors to be closed',
      );
      await serveOne(server);
      server.signal('SIGTERM');
      assert.equal(await server.exit(), 0);
    });

    it('forty clients at once, each in recv when it is told to stop', {
      skip: name !== 'server2' && 'has no threads',
    }, async t => {
      const server = await startServer(t, name, ['--quiet'], { cli: withLongGrace(t, name) });
      const crowd = Array.from({ length: 40 }, async (_, index) => {
        const peer = await server.connect();
        assert.equal(await peer.ask(`${index} + 1`), String(index + 1));
      });
      await Promise.all(crowd);
      server.signal('SIGTERM');
      assert.equal(await server.exit(), 0);
    });

    it('clients that leave with replies pending when it is told to stop', async t => {
      const server = await startServer(t, name, [], { cli: withLongGrace(t, name) });
      const peers: Peer[] = [];
      for (let count = 0; count < (alone ? 1 : 8); count++) peers.push(await server.connect());
      await Promise.all(peers.map(assertServed));
      server.signal('SIGTERM');
      for (const peer of peers) peer.send('1 + 1\n');
      await Promise.all(peers.map(peer => peer.close()));
      assert.doesNotMatch(await server.stdout.rest(), /by force/);
      assert.equal(await server.exit(), 0);
    });

    it('no room for another thread', {
      skip:
        name === 'server2'
          ? unlessInstalled('strace', '-e', 'inject=getppid:error=EPERM', 'true')
          : 'starts no threads',
    }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const injection = 'inject=clone,clone3:error=EAGAIN';
      const trace = run(t, ['strace', '-f', '-e', injection, '-p', String(server.pid)]);
      await trace.stderr.linesUntil(/attached/);
      const served = await server.connect();
      await assertServed(served);
      const refused = await server.connect();
      assert.match(
        await refused.received.rest(),
        /^error: server busy: no thread could be started/,
      );
      await assertServed(served);
      trace.signal('SIGINT');
      await trace.exit();
      await serveOne(server);
    });

    it('a new client while the one before leaves with its messages unread', {
      skip: name === 'server2' && 'only its thread knows what a client has left to read',
    }, async t => {
      const server = await startServer(t, name, alone ? [] : ['--max-clients', '1']);
      const first = await server.connect();
      await assertServed(first);
      server.signal('SIGSTOP');
      await new Promise(resolve => first.socket.write('1 + 1\n', resolve));
      await first.close();
      const next = await server.connect();
      server.signal('SIGCONT');
      await assertServed(next);
    });

    it('a log on a full disk', async t => {
      const server = await startServerInto(t, name, '/dev/full');
      const peer = await server.connect();
      for (let count = 0; count < 100; count++) await assertServed(peer);
    });

    const injections: [fault: string, injection: string][] = [
      ['accept finds no descriptor', 'inject=accept4:error=EMFILE:when=1..3'],
      ['accept meets a client that has gone', 'inject=accept4:error=ECONNABORTED:when=1'],
      ['accept is interrupted', 'inject=accept4:error=EINTR:when=1..2'],
      ['recv is interrupted', 'inject=recvfrom:error=EINTR:when=1..5'],
      ['send is interrupted', 'inject=sendto:error=EINTR:when=1..5'],
      ['select is interrupted', 'inject=select,pselect6:error=EINTR:when=1+3'],
    ];
    it('a moment when a system call fails', {
      skip: unlessInstalled('strace', '-e', 'inject=getppid:error=EPERM', 'true'),
    }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      for (const [fault, injection] of injections) {
        await t.test(fault, async t => {
          const trace = run(t, ['strace', '-f', '-e', injection, '-p', String(server.pid)]);
          await trace.stderr.linesUntil(/attached/);
          for (let count = 0; count < fewClients; count++) {
            const peer = await server.connect();
            await assertServed(peer);
            await assertServed(peer);
            await peer.close();
            if (alone) await server.stdout.linesUntil(/disconnected/);
          }
          trace.signal('SIGINT');
          assert.match(await trace.stderr.rest(), /INJECTED/);
        });
      }
    });

    /** Under a hard limit of 64 descriptors, more clients come than can be served. */
    async function exhaustDescriptors(test: TestContext): Promise<void> {
      const server = await startUnderLimit(test);
      await serveOne(server);
      await settled(server.pid);
      const { descriptors } = server;
      const sockets = Array.from({ length: 150 }, () => netConnect(server.port, '127.0.0.1'));
      const heard: string[] = [];
      for (const socket of sockets) {
        socket.on('error', () => {});
        socket.once('data', bytes => heard.push(String(bytes)));
      }
      sockets[0]?.write('22 + 44\n');
      const isRefusal = (text: string) => text.startsWith('error: server busy');
      await eventually(() => heard.some(isRefusal), 'the descriptors to run short');
      await eventually(() => isCalm(server), 'it to rest');
      const first = `${replyTo('22 + 44', '66')}\n`;
      await eventually(() => heard.includes(first), 'the reply to the first');
      const others = heard.filter(text => !isRefusal(text));
      assert.equal(others.length, 1, others.join());
      for (const socket of sockets) socket.destroy();
      await serveOne(server);
      await eventually(() => server.descriptors <= descriptors, 'the descriptors to be closed');
    }

    async function startUnderLimit(test: TestContext): Promise<Server> {
      const command = `ulimit -n 64; exec '${execPath}' '${CLI}' ${name} --quiet 127.0.0.1 0`;
      const { process } = run(test, ['sh', '-c', command]);
      const server = new Server(test, process);
      await server.waitUntilItListens();
      return server;
    }
  });
}
