/**
 * The contract that every server keeps, checked from outside: real processes on free ports, real
 * TCP. What a server does with a message differs (three calculate, one echoes), and how many
 * clients it takes; everything else is the same suite for all. It begins with what `calcd check`
 * asks of anybody's server; behind that stands what we promise besides.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  AttemptOnRunningServer,
  type RunningServer,
} from '../../src/judge/attempt/server-attempt.ts';
import { CLI, calcd, run, type Server, startServer, startServerInto } from '../support/calcd.ts';
import { DEADLINE_MS, eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { withLongGrace } from '../support/patched.ts';
import { Peer } from '../support/peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { assertPasses, attemptOf, checksFor, RESTART } from './kit.ts';

const SERVERS = [
  { name: 'server1', echoes: false, limitOption: [], limit: 1, threaded: false },
  { name: 'server2', echoes: false, limitOption: ['--max-clients', '2'], limit: 2, threaded: true },
  {
    name: 'server3',
    echoes: false,
    limitOption: ['--max-clients', '2'],
    limit: 2,
    threaded: false,
  },
  { name: 'server4', echoes: true, limitOption: ['--max-clients', '2'], limit: 2, threaded: false },
] as const;

for (const { name, echoes, limitOption, limit, threaded } of SERVERS) {
  const forOneClient = limit === 1 && 'server1 serves one client at a time';
  const forEcho = echoes && 'the echo server has no messages, only bytes';
  const replyTo = (message: string, reply: string): string => (echoes ? message : reply);

  /** Asks something and checks that it is answered well. */
  const assertServed = async (peer: Peer): Promise<void> => {
    assert.equal(await peer.ask('22 + 44'), replyTo('22 + 44', '66'));
  };

  /** Sends a message many times at once and waits for all replies. */
  const exchange = async (peer: Peer, message: string, reply: string, times: number) => {
    peer.send(`${message}\n`.repeat(times));
    const replies = `${replyTo(message, reply)}\n`.repeat(times);
    assert.equal(String(await peer.received.bytes(replies.length)), replies);
  };

  // Both halves wait more than they work, and so run side by side.
  describe(name, { concurrency: 2 }, () => {
    describe('in one process for all tests', { concurrency: 1 }, () => {
      const own = attemptOf(name);
      let server: RunningServer;
      before(async () => {
        server = await own.start();
      });
      after(() => own.end());
      const connect = (test: TestContext): Promise<Peer> => Peer.connect(test, server.port);

      for (const check of checksFor(name)) {
        it(`passes the check ${check.name}: ${check.asks}`, {
          skip: check.linuxOnly === true && unlessLinux,
        }, async () => {
          await assertPasses(check, () => new AttemptOnRunningServer(own, async () => server));
        });
      }

      it('ends a message at a pause, until the first LF', { skip: forEcho }, async t => {
        const peer = await connect(t);
        for (let count = 0; count < 3; count++) {
          peer.send('1 + 1');
          assert.equal(await peer.received.line(), '2');
        }
      });

      it('replies in order to messages sent at once', async t => {
        const peer = await connect(t);
        const sums = Array.from({ length: 10_000 }, (_, index) => `${index} + 1`);
        peer.send(`${sums.join('\n')}\n`).halfClose();
        const expected = sums.map((sum, index) => `${replyTo(sum, String(index + 1))}\n`);
        assert.equal(await peer.received.rest(), expected.join(''));
      });

      it('leaves urgent data in its place in the stream', {
        skip: unlessInstalled('python3', '--version'),
      }, async t => {
        const script = [
          'import socket, sys',
          "peer = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)",
          "peer.send(b'1\\n1+')",
          "peer.send(b'2', socket.MSG_OOB)",
          "peer.send(b'3\\n')",
          'replies = peer.makefile()',
          "print(replies.readline() + replies.readline(), end='')",
        ];
        const python = run(t, ['python3', '-c', script.join('\n'), String(server.port)]);
        assert.equal(await python.stdout.rest(), echoes ? '1\n1+23\n' : '1\n24\n');
      });

      it('takes NULs on their own for an empty message, until the first LF', {
        skip: forEcho,
      }, async t => {
        const peer = await connect(t);
        const empty = 'error: empty expression';
        for (let count = 0; count < 2; count++) {
          peer.send('\0'.repeat(64));
          assert.equal(await peer.received.line(), empty);
        }
        peer.halfClose();
        assert.equal(await peer.received.rest(), '');
        await peer.close();
        const other = await connect(t);
        other.send('\0'.repeat(64)).halfClose();
        assert.equal(await other.received.rest(), `${empty}\n`);
      });

      it('answers messages padded with NUL once each', { skip: forEcho }, async t => {
        const peer = await connect(t);
        for (const size of [80, 1024]) {
          peer.send(Buffer.concat([Buffer.from('2 + 2\n')], size));
          assert.equal(await peer.received.line(), '4');
        }
        peer.halfClose();
        assert.equal(await peer.received.rest(), '');
      });

      it('answers everything after a half-close, also a partial message', async t => {
        const peer = await connect(t);
        peer.send('1 + 1\n2 + 2\n3 + 3').halfClose();
        assert.equal(await peer.received.rest(), echoes ? '1 + 1\n2 + 2\n3 + 3' : '2\n4\n6\n');
      });

      it('replies once to a message that is too long, and goes on', { skip: forEcho }, async t => {
        const peer = await connect(t);
        const sum = (bytes: number): string => '1+'.padEnd(bytes, '0');
        assert.equal(await peer.ask(sum(4095)), '1');
        assert.equal(await peer.ask(sum(4096)), '1');
        const tooLong = 'error: message too long (limit 4096 bytes)';
        assert.equal(await peer.ask(sum(4097)), tooLong);
        assert.equal(await peer.ask(sum(1_000_000)), tooLong);
        await assertServed(peer);
      });

      it('waits in select, or in the recv of a thread', {
        skip: unlessInstalled('strace', '-f', '-e', 'trace=select', 'true'),
      }, async t => {
        const peers = [await connect(t)];
        if (!forOneClient) peers.push(await connect(t));
        for (const peer of peers) await assertServed(peer);
        const calls = 'trace=select,pselect6,poll,epoll_wait,epoll_pwait,recvfrom,read';
        const trace = run(t, ['strace', '-f', '-e', calls, '-p', String(server.program.group)]);
        const byMainThread = new RegExp(`\\[pid +${server.program.group}\\] recvfrom\\(`);
        // strace attaches to one thread after the other, and shows no call that had begun before.
        const shown: string[] = [];
        let isEnough = false;
        const watching = (async () => {
          for (const wanted of threaded ? [/recvfrom\(/] : [/select/, byMainThread]) {
            shown.push(...(await trace.stderr.linesUntil(wanted)));
          }
        })().finally(() => {
          isEnough = true;
        });
        while (!isEnough) for (const peer of peers) await assertServed(peer);
        await watching;
        trace.signal('SIGINT');
        shown.push(await trace.stderr.rest());
        if (threaded) assert.doesNotMatch(shown.join('\n'), byMainThread);
      });

      it('reports in one line that the port is in use, and exits with 1', async t => {
        const second = calcd(t, [name, '127.0.0.1', String(server.port)]);
        assert.equal(await second.exit(), 1);
        assert.equal(
          await second.stderr.rest(),
          `calcd: cannot listen on 127.0.0.1:${server.port}: address already in use (EADDRINUSE); choose another port, or stop the program that listens there\n`,
        );
        assert.equal(await second.stdout.rest(), '');
      });

      it('answers `nc -N` from a pipe', { skip: unlessInstalled('nc', '-h') }, async () => {
        const { stdout } = spawnSync('nc', ['-N', '127.0.0.1', String(server.port)], {
          input: '1 + 1\n2 + 2\n',
          timeout: DEADLINE_MS,
        });
        assert.equal(String(stdout), echoes ? '1 + 1\n2 + 2\n' : '2\n4\n');
      });
    });

    describe('in a process for each test', { concurrency: 1 }, () => {
      it('refuses a client beyond the limit, and admits the next when one leaves', async t => {
        const server = await startServer(t, name, [...limitOption]);
        const served: Peer[] = [];
        while (served.length < limit) {
          const peer = await server.connect();
          if (served.length > 0) await assertServed(peer);
          served.push(peer);
        }
        // The first client is silent all the while: a server that sat in its recv would not see this.
        const refused = await server.connect();
        // What it sends is never read: to close at once would reset the connection, and lose the error.
        refused.send('1 + 1\n');
        assert.match(await refused.received.rest(), /^error: server busy: .*\n$/);
        assert.equal(refused.received.error, undefined);
        for (const peer of served) await assertServed(peer);
        await (served.pop() as Peer).close();
        await server.stdout.linesUntil(/disconnected: closed by the client/);
        await assertServed(await server.connect());
      });

      it('serves the next client whichever way the first one left', async t => {
        const server = await startServer(t, name, limit === 1 ? [] : ['--max-clients', '1']);
        const leave = [
          (peer: Peer) => peer.close(),
          (peer: Peer) => peer.reset(),
          async (peer: Peer) => {
            peer.halfClose();
            await peer.received.rest();
          },
        ];
        for (const leaves of leave) {
          const peer = await server.connect();
          await assertServed(peer);
          await leaves(peer);
          await server.stdout.linesUntil(/disconnected/);
        }
        await assertServed(await server.connect());
      });

      it('disconnects idle clients with --idle-timeout, and has room again', async t => {
        const server = await startServer(t, name, ['--idle-timeout', '1', ...limitOption]);
        for (let count = 0; count < 2; count++) {
          const silent = await Promise.all(Array.from({ length: limit }, () => server.connect()));
          // After an LF a partial message is no message: no reply is pending.
          await assertServed(silent[0] as Peer);
          silent[0]?.send(echoes ? '' : '1 + ');
          for (const peer of silent) {
            assert.equal(await peer.received.rest(), '');
            assert.equal(peer.received.error, undefined);
            await server.stdout.linesUntil(/^Client socket \d+ disconnected: idle for 1 s$/);
          }
        }
      });

      it('reads as one what two bare messages were while it was stopped', {
        skip: forEcho,
      }, async t => {
        const server = await startServer(t, name, ['--quiet']);
        const peer = await server.connect();
        peer.send('1');
        assert.equal(await peer.received.line(), '1');
        server.signal('SIGSTOP');
        for (const message of ['1 + 1', '2 + 2']) {
          peer.send(message);
          await eventually(() => peer.socket.writableLength === 0, 'the message to be sent');
          await nextTurn();
        }
        server.signal('SIGCONT');
        assert.equal(await peer.received.line(), '15');
      });

      it('logs connections, messages, replies and why clients were disconnected', async t => {
        const server = await startServer(t, name);
        const peer = await server.connect();
        await assertServed(peer);
        await peer.close();
        const lines = await server.stdout.linesUntil(/disconnected/);
        const [connected, message, reply, left] = lines.filter(line => !line.startsWith('Serving'));
        const [, number] =
          /^Connected with client socket number (\d+) \(127\.0\.0\.1:\d+\)$/.exec(
            connected as string,
          ) ?? [];
        assert.ok(number, connected);
        const shown = echoes ? '22 + 44\\n' : '22 + 44';
        assert.equal(message, `Client socket ${number} sent message: ${shown}`);
        const sending = limit === 1 ? 'Sending reply' : `Sending reply to client socket ${number}`;
        assert.equal(reply, `${sending}: ${replyTo(shown, '66')}`);
        assert.match(left as string, new RegExp(`^Client socket ${number} disconnected: `));

        const reset = await server.connect();
        reset.send('22 + 4');
        await server.stdout.linesUntil(/^Connected/);
        await reset.reset();
        const why = (await server.stdout.linesUntil(/disconnected/)).at(-1);
        assert.match(why as string, /: connection reset by peer \(ECONNRESET\)$/);
      });

      it('never writes a control character of a client on the terminal', async t => {
        const server = await startServer(t, name);
        const hostile = await server.connect();
        hostile.send(Buffer.from('\x1b]0;owned\x07\x9b31m\u2028\u202e\n', 'utf8')).halfClose();
        await hostile.received.rest();
        const escaped = (await server.stdout.linesUntil(/disconnected/)).join('');
        assert.match(escaped, /\\x1b\]0;owned\\x07/);
        assert.doesNotMatch(escaped, /[\p{C}\p{Zl}]/u);
      });

      it('logs no messages and replies with --quiet', async t => {
        const server = await startServer(t, name, ['--quiet']);
        const peer = await server.connect();
        await assertServed(peer);
        await peer.close();
        const lines = await server.stdout.linesUntil(/disconnected/);
        const ofClients = lines.filter(line => !line.startsWith('Serving'));
        assert.equal(ofClients.length, 2, lines.join('\n'));
      });

      // So that nothing below depends on how fast clients and server are within the usual grace.
      const startPatient = (test: TestContext): Promise<Server> =>
        startServer(test, name, ['--quiet'], { cli: withLongGrace(test, name) });

      it('stops on SIGINT: pending replies are sent, exit code 0', async t => {
        const server = await startPatient(t);
        const idle = await server.connect();
        await assertServed(idle);
        const busy = forOneClient ? idle : await server.connect();
        busy.send('1 + 1\n'.repeat(1000));
        await busy.received.line();
        server.signal('SIGINT');
        const replies = await busy.received.rest();
        assert.equal(replies, `${replyTo('1 + 1', '2')}\n`.repeat(999));
        await busy.close();
        assert.equal(await idle.received.rest(), '');
        await idle.close();
        assert.equal(await server.exit(), 0);
      });

      it('answers every message that had arrived when it was told to stop', async t => {
        const server = await startPatient(t);
        const peer = await server.connect();
        await assertServed(peer);
        server.signal('SIGSTOP');
        const sums = Array.from({ length: 10_000 }, (_, index) => `${index} + .5`);
        peer.send(`${sums.join('\n')}\n`);
        await eventually(() => peer.socket.writableLength === 0, 'the messages to arrive');
        server.signal('SIGTERM').signal('SIGCONT');
        const replies = (await peer.received.rest()).trimEnd().split('\n');
        const expected = sums.map((sum, index) => replyTo(sum, `${index}.5`));
        assert.deepEqual(replies, expected);
        await peer.close();
        assert.equal(await server.exit(), 0);
      });

      it('loses no reply of a client that still has to read them when it is told to stop', async t => {
        const server = await startPatient(t);
        const slow = await server.connect();
        await assertServed(slow);
        slow.socket.pause();
        slow.send('1 + 1\n'.repeat(50_000));
        await eventually(() => slow.socket.writableLength === 0, 'the messages to be sent');
        server.signal('SIGTERM');
        await server.stdout.linesUntil(/: shutting down/);
        slow.send('1 + 1\n');
        slow.socket.resume();
        const replies = await slow.received.rest();
        const reply = `${replyTo('1 + 1', '2')}\n`;
        assert.ok(replies.length >= 40_000 * reply.length, `${replies.length} bytes of replies`);
        assert.equal(replies, reply.repeat(replies.length / reply.length));
        await slow.close();
        assert.equal(await server.exit(), 0);
      });

      it('stops within its grace period though a client does not read', async t => {
        const server = await startServer(t, name, ['--quiet']);
        const deaf = await server.connect();
        deaf.socket.pause();
        deaf.send('2 + 2\n'.repeat(2_000_000));
        await eventually(() => deaf.socket.bytesWritten > 1_000_000, 'the flood under way');
        server.signal('SIGTERM');
        assert.equal(await server.exit(), 0);
      });

      it('ends at once on a second signal', async t => {
        const server = await startPatient(t);
        const deaf = await server.connect();
        deaf.socket.pause();
        deaf.send('2 + 2\n'.repeat(2_000_000));
        await eventually(() => deaf.socket.bytesWritten > 1_000_000, 'the flood under way');
        server.signal('SIGINT');
        await server.stdout.linesUntil(/^SIGINT: shutting down/);
        server.signal('SIGINT');
        assert.equal(await server.exit(), 'SIGINT');
      });

      it(`passes the check restart: ${RESTART.asks}`, async () => {
        await assertPasses(RESTART, () => attemptOf(name));
      });

      it('serves on when its log is not read, and when the reader is gone', async t => {
        const stalled = await startServer(t, name);
        stalled.process.stdout?.pause();
        const peer = await stalled.connect();
        await exchange(peer, '3 + 4', '7', 20_000);
        stalled.process.stdout?.destroy();
        await assertServed(peer);
        await assertServed(peer);
      });

      it('logs every line when its output is a file', async t => {
        const directory = temporaryFolder(t);
        const file = join(directory, 'display');
        const server = await startServerInto(t, name, file);
        const clients = limit === 1 ? 1 : 4;
        const peers = await Promise.all(Array.from({ length: clients }, () => server.connect()));
        await Promise.all(peers.map(peer => exchange(peer, '1 + 1', '2', 5000)));
        server.signal('SIGTERM');
        assert.equal(await server.exit(), 0);
        const shown = readFileSync(file, 'utf8');
        assert.doesNotMatch(shown, /lines not logged/);
        const messages = shown.match(/sent message: /g)?.length ?? 0;
        // The echo server shows what arrived together as one message.
        if (echoes) assert.ok(messages > 0);
        else assert.equal(messages, clients * 5000);
      });

      it('logs through a pipe', async t => {
        const words = `'${execPath}' '${CLI}' ${name} 127.0.0.1 0`;
        const piped = run(t, ['sh', '-c', `{ ${words} & echo $! >&2; wait; } | cat`]);
        const pid = Number(await piped.stderr.line());
        t.after(() => process.kill(pid, 'SIGKILL'));
        const listening = await piped.stdout.line();
        const peer = await Peer.connect(t, Number(/:(\d+)$/.exec(listening)?.[1]));
        await assertServed(peer);
        await peer.close();
        const shown = await piped.stdout.linesUntil(/disconnected/);
        assert.ok(shown.some(line => /sent message: 22 \+ 44/.test(line)));
      });
    });
  });
}
