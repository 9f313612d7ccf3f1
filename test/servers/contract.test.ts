/**
 * The contract that every server keeps, checked from outside: real processes on free ports, real
 * TCP. What a server does with a message differs (three calculate, one echoes), and how many
 * clients it takes; everything else is the same suite for all.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CLI, calcd, run, type Server, startServer, startServerInto } from '../support/calcd.ts';
import { DEADLINE_MS, eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { Peer } from '../support/peer.ts';

const CALCULATIONS: [message: string, reply: string][] = [
  ['22 + 44', '66'],
  ['3 * 4', '12'],
  ['4 / 2', '2'],
  ['9 - 17', '-8'],
  ['1 / 3', '0.33333333333333333333'],
  ['0.1 + 0.2', '0.3'],
  ['2 + 3 * (4 - 1)', '11'],
  ['123456789012345678901234567890 * 987654321', '121932631124828532112482853211126352690'],
];

/** The display from the first client on. */
const shownUntilDeparture = async (server: Server): Promise<string[]> =>
  (await server.stdout.linesUntil(/disconnected/)).filter(line => !line.startsWith('Serving'));

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

  describe(name, () => {
    it('says where it listens and answers one message after the other', async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      for (const [message, reply] of CALCULATIONS) {
        assert.equal(await peer.ask(message), replyTo(message, reply));
      }
    });

    it('replies to invalid input with an error and goes on', { skip: forEcho }, async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      for (const message of [
        '',
        '22 +',
        'hello',
        '1 / 0',
        '2 2',
        '(1',
        '1)',
        '\x1b[31m',
        '1\0+1',
      ]) {
        assert.match(await peer.ask(message), /^error: /, JSON.stringify(message));
      }
      peer.send(Buffer.from([0xff, 0xfe, 0x0a]));
      assert.equal(await peer.received.line(), 'error: message is not UTF-8 text');
      await assertServed(peer);
    });

    it('sends back every byte as it came', { skip: !echoes && 'not an echo server' }, async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256));
      peer.send(bytes);
      assert.deepEqual(await peer.received.bytes(bytes.length), bytes);
    });

    it('takes a bare text, LF, CRLF and NUL padding for a message', { skip: forEcho }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      for (const padded of ['1 + 1', '1 + 1\n', '1 + 1\r\n', '1 + 1\n'.padEnd(80, '\0')]) {
        const peer = await server.connect();
        for (let count = 0; count < 3; count++) {
          peer.send(padded);
          assert.equal(await peer.received.line(), '2', JSON.stringify(padded));
        }
        peer.halfClose();
        assert.equal(await peer.received.rest(), '');
      }
    });

    it('replies in order to messages sent at once, and to one sent in pieces', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peer = await server.connect();
      const sums = Array.from({ length: 10_000 }, (_, index) => `${index} + 1`);
      peer.send(`${sums.join('\n')}\n`);
      const expected = sums.map((sum, index) => replyTo(sum, String(index + 1)));
      assert.deepEqual(await peer.received.lines(sums.length), expected);
      for (const character of '20 + 22\n') peer.send(character);
      assert.equal(await peer.received.line(), replyTo('20 + 22', '42'));
    });

    it('does not take time spent on others for a pause', {
      skip: forOneClient || forEcho,
    }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const bare = await server.connect();
      bare.send('1 + 1');
      assert.equal(await bare.received.line(), '2');
      for (let count = 0; count < 8; count++) {
        const busy = await server.connect();
        // Not read meanwhile: the test itself must not be what makes the bare client pause.
        busy.socket.pause();
        busy.send('2 ^ 3\n'.repeat(10_000));
      }
      bare.send('22 +');
      await nextTurn();
      bare.send(' 44');
      assert.equal(await bare.received.line(), '66');
    });

    it('does not cut a slow line in two once it has seen LF', { skip: forEcho }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const slow = await server.connect();
      assert.equal(await slow.ask('1 + 1'), '2');
      slow.send('20 ');
      // Longer than the pause that would end a bare message.
      await new Promise(resolve => setTimeout(resolve, 60));
      assert.equal(await slow.ask('+ 22'), '42');
    });

    it('answers everything after a half-close, the unfinished rest too', async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      peer.send('1 + 1\n2 + 2\n3 + 3').halfClose();
      assert.equal(await peer.received.rest(), echoes ? '1 + 1\n2 + 2\n3 + 3' : '2\n4\n6\n');
    });

    it('replies once to a message too long, and goes on', { skip: forEcho }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peer = await server.connect();
      const sum = (bytes: number): string => '1+'.padEnd(bytes, '0');
      assert.equal(await peer.ask(sum(4095)), '1');
      assert.equal(await peer.ask(sum(4096)), '1');
      const tooLong = 'error: message too long (limit 4096 bytes)';
      assert.equal(await peer.ask(sum(4097)), tooLong);
      assert.equal(await peer.ask(sum(1_000_000)), tooLong);
      await assertServed(peer);
    });

    it('serves clients that come and go, and keeps nothing of them', {
      skip: unlessLinux,
    }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const comeAndGo = async (): Promise<void> => {
        const peer = await server.connect();
        await assertServed(peer);
        peer.halfClose();
        assert.equal(await peer.received.rest(), '');
      };
      await comeAndGo();
      const { threads, descriptors } = server;
      for (let count = 0; count < 30; count++) await comeAndGo();
      await eventually(() => server.descriptors <= descriptors, `${descriptors} descriptors again`);
      await eventually(() => server.threads <= threads, `${threads} threads again`);
    });

    it('loses only the client whose connection is reset', async t => {
      const server = await startServer(t, name);
      const reset = await server.connect();
      reset.send('22 + 4');
      await server.stdout.linesUntil(/^Connected/);
      await reset.reset();
      const left = (await server.stdout.linesUntil(/disconnected/)).at(-1);
      assert.match(left as string, /: connection reset by peer \(ECONNRESET\)$/);
      await assertServed(await server.connect());
    });

    it('tells a client past the limit that it is busy, and takes the next when one leaves', async t => {
      const server = await startServer(t, name, [...limitOption]);
      const served: Peer[] = [];
      while (served.length < limit) {
        const peer = await server.connect();
        if (served.length > 0) await assertServed(peer);
        served.push(peer);
      }
      // The first client is silent all the while: a server that sat in its recv would not see this.
      const refused = await server.connect();
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

    it('serves two hundred clients at once, each its own', { skip: forOneClient }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peers = await Promise.all(Array.from({ length: 200 }, () => server.connect()));
      for (const factor of [1, 1000]) {
        const asked = peers.map((peer, index) => peer.ask(`${index * factor} + 1`));
        const expected = peers.map((_, index) =>
          replyTo(`${index * factor} + 1`, String(index * factor + 1)),
        );
        assert.deepEqual(await Promise.all(asked), expected);
      }
    });

    it('gives each client a thread or none, as it should', { skip: unlessLinux }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const before = server.threads;
      const peers: Peer[] = [];
      while (peers.length < Math.min(limit * 2, 4) - 1) {
        const peer = await server.connect();
        await assertServed(peer);
        peers.push(peer);
      }
      await eventually(
        () => server.threads === before + (threaded ? peers.length : 0),
        `${peers.length} clients: ${server.threads} threads, ${before} before`,
      );
      for (const peer of peers) await peer.close();
      await eventually(() => server.threads === before, 'the threads to end');
    });

    it('waits in select, or in the recv of a thread', {
      skip: unlessInstalled('strace', '-f', '-e', 'trace=select', 'true'),
    }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peers = [await server.connect()];
      if (!forOneClient) peers.push(await server.connect());
      for (const peer of peers) await assertServed(peer);
      const calls = 'trace=select,pselect6,poll,epoll_wait,epoll_pwait,recvfrom,read';
      const trace = run(t, ['strace', '-f', '-e', calls, '-p', String(server.pid)]);
      await trace.stderr.linesUntil(/attached/);
      for (const peer of peers) await assertServed(peer);
      trace.signal('SIGINT');
      const traced = await trace.stderr.rest();
      assert.match(traced, threaded ? /recvfrom\(/ : /select/);
      const byMainThread = new RegExp(`\\[pid +${server.pid}\\] recvfrom\\(`);
      assert.equal(byMainThread.test(traced), !threaded, traced);
    });

    it('is not held up by a client that sends and never reads', { skip: forOneClient }, async t => {
      const server = await startServer(t, name, ['--quiet']);
      const deaf = await server.connect();
      deaf.socket.pause();
      const flood = Buffer.from('2 + 2\n'.repeat(200_000));
      deaf.send(flood).send(flood).send(flood);
      const other = await server.connect();
      for (let count = 0; count < 20; count++) await assertServed(other);
      const rss = Number(
        /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1],
      );
      assert.ok(rss < 200_000, `${rss} KiB resident`);
    });

    it('shows connections, messages, replies and departures', async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      await assertServed(peer);
      await peer.close();
      const [connected, message, reply, left] = await shownUntilDeparture(server);
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
    });

    it('shows no line per message with --quiet', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peer = await server.connect();
      await assertServed(peer);
      await peer.close();
      const lines = await shownUntilDeparture(server);
      assert.equal(lines.length, 2, lines.join('\n'));
    });

    it('never writes a control character of a client on the terminal', async t => {
      const server = await startServer(t, name);
      const peer = await server.connect();
      peer.send(Buffer.from('\x1b]0;owned\x07\x9b31m\u2028\u202e\n', 'utf8')).halfClose();
      await peer.received.rest();
      const shown = (await server.stdout.linesUntil(/disconnected/)).join('');
      assert.match(shown, /\\x1b\]0;owned\\x07/);
      assert.doesNotMatch(shown, /[\p{C}\p{Zl}]/u);
    });

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`stops on ${signal}: replies due are delivered, exit code 0`, async t => {
        const server = await startServer(t, name, ['--quiet']);
        const idle = await server.connect();
        await assertServed(idle);
        const busy = forOneClient ? idle : await server.connect();
        busy.send('1 + 1\n'.repeat(1000));
        await busy.received.line();
        server.signal(signal);
        const replies = await busy.received.rest();
        assert.equal(replies, `${replyTo('1 + 1', '2')}\n`.repeat(999));
        assert.equal(await idle.received.rest(), '');
        assert.equal(await server.exit(), 0);
      });
    }

    it('answers every message that had arrived when it was told to stop', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const peer = await server.connect();
      await assertServed(peer);
      server.signal('SIGSTOP');
      const sums = Array.from({ length: 30_000 }, (_, index) => `${index} + .5`);
      peer.send(`${sums.join('\n')}\n`);
      await eventually(() => peer.socket.writableLength === 0, 'the messages to arrive');
      server.signal('SIGTERM').signal('SIGCONT');
      const replies = (await peer.received.rest()).trimEnd().split('\n');
      const expected = sums.map((sum, index) => replyTo(sum, `${index}.5`));
      assert.deepEqual(replies, expected);
      assert.equal(await server.exit(), 0);
    });

    it('loses no reply of a client that still has to read them when it is told to stop', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const slow = await server.connect();
      await assertServed(slow);
      slow.socket.pause();
      slow.send('1 + 1\n'.repeat(50_000));
      await eventually(() => slow.socket.writableLength === 0, 'the messages to be sent');
      server.signal('SIGTERM');
      await server.stdout.linesUntil(/^Stopping/);
      slow.send('1 + 1\n');
      slow.socket.resume();
      const replies = await slow.received.rest();
      const reply = `${replyTo('1 + 1', '2')}\n`;
      assert.ok(replies.length >= 40_000 * reply.length, `${replies.length} bytes of replies`);
      assert.equal(replies, reply.repeat(replies.length / reply.length));
      assert.equal(await server.exit(), 0);
    });

    it('stops within its grace though a client does not read', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const deaf = await server.connect();
      deaf.socket.pause();
      deaf.send('2 + 2\n'.repeat(2_000_000));
      await eventually(() => deaf.socket.bytesWritten > 1_000_000, 'the flood under way');
      server.signal('SIGTERM');
      assert.equal(await server.exit(5000), 0);
    });

    it('ends at once on a second signal', async t => {
      const server = await startServer(t, name, ['--quiet']);
      const deaf = await server.connect();
      deaf.socket.pause();
      deaf.send('2 + 2\n'.repeat(2_000_000));
      await eventually(() => deaf.socket.bytesWritten > 1_000_000, 'the flood under way');
      server.signal('SIGINT');
      await server.stdout.linesUntil(/^Stopping on SIGINT/);
      server.signal('SIGINT');
      assert.equal(await server.exit(1000), 'SIGINT');
    });

    it('can listen again at once where it was killed', async t => {
      const first = await startServer(t, name);
      await assertServed(await first.connect());
      first.signal('SIGKILL');
      await first.exit();
      const second = await startServer(t, name, [], first.port);
      await assertServed(await second.connect());
    });

    it('says so in one line when the port is in use, and exits with 1', async t => {
      const first = await startServer(t, name);
      const second = calcd(t, [name, '127.0.0.1', String(first.port)]);
      assert.equal(await second.exit(), 1);
      const address = `127.0.0.1:${first.port}`;
      assert.equal(
        await second.stderr.rest(),
        `calcd: cannot listen on ${address}: address already in use (EADDRINUSE)` +
          '; choose another port, or stop what listens there\n',
      );
      assert.equal(await second.stdout.rest(), '');
    });

    it('serves on when nobody reads its display, and when the display is gone', async t => {
      const stalled = await startServer(t, name);
      stalled.process.stdout?.pause();
      const peer = await stalled.connect();
      peer.send('3 + 4\n'.repeat(20_000));
      await peer.received.lines(20_000);
      stalled.process.stdout?.destroy();
      await assertServed(peer);
      await assertServed(peer);
    });

    it('shows every line when its output is a file', { skip: forOneClient }, async t => {
      const directory = mkdtempSync(join(tmpdir(), 'calcd-'));
      t.after(() => rmSync(directory, { recursive: true }));
      const file = join(directory, 'display');
      const server = await startServerInto(t, name, file);
      const peers = await Promise.all(Array.from({ length: 4 }, () => server.connect()));
      for (const peer of peers) peer.send('1 + 1\n'.repeat(10_000));
      await Promise.all(peers.map(peer => peer.received.lines(10_000)));
      server.signal('SIGTERM');
      assert.equal(await server.exit(), 0);
      const shown = readFileSync(file, 'utf8');
      assert.doesNotMatch(shown, /lines not shown/);
      const messages = shown.match(/sent message: /g)?.length ?? 0;
      // The echo server shows what arrived together as one message.
      if (echoes) assert.ok(messages > 0);
      else assert.equal(messages, 40_000);
    });

    it('shows what it does through a pipe', async t => {
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

    it('answers `nc -N` from a pipe', { skip: unlessInstalled('nc', '-h') }, async t => {
      const server = await startServer(t, name);
      const { stdout } = spawnSync('nc', ['-N', '127.0.0.1', String(server.port)], {
        input: '1 + 1\n2 + 2\n',
        timeout: DEADLINE_MS,
      });
      assert.equal(String(stdout), echoes ? '1 + 1\n2 + 2\n' : '2\n4\n');
    });
  });
}
