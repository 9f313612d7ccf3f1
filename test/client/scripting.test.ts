/** The client as scripts use it: lines from the command line, JSON, exit codes, progress. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Calcd, CLI, calcd, run, startServer } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { answering, fakeServer } from '../support/fake-server.ts';
import { reservedPort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { unlessTerminals } from '../support/terminal.ts';

/** A server that knows only `1`. */
const serve = answering(message => (message === '1' ? 'one\n' : 'error: not one\n'));

function client(test: TestContext, port: number, ...options: string[]): Calcd {
  return calcd(test, ['client', ...options, '127.0.0.1', String(port)]);
}

// Some wait for seconds.
describe('the client in a script', { concurrency: 3 }, () => {
  it('sends the lines of --eval and ends', async t => {
    const asking = client(t, await fakeServer(t, serve), '--eval', '1', '--eval', '2');
    assert.equal(await asking.stdout.rest(), 'one\nerror: not one\n');
    assert.equal(await asking.exit(), 0);
  });

  it('sends lines of --eval that begin with a hyphen', async t => {
    const { port } = await startServer(t, 'server3', ['--quiet']);
    const asking = client(t, port, '--eval', '-5 + 3', '--eval', '-.5');
    assert.equal(await asking.stdout.rest(), '-2\n-0.5\n');
    assert.equal(await asking.exit(), 0);
  });

  it('prints one JSON object per request with --json', async t => {
    const asking = client(t, await fakeServer(t, serve), '--json', '--eval', '1', '--eval', '2');
    const lines = (await asking.stdout.rest()).trimEnd().split('\n');
    const shown = lines.map(line => JSON.parse(line));
    for (const { at, milliseconds } of shown) {
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
      assert.ok(milliseconds >= 0 && milliseconds < 60_000, milliseconds);
    }
    assert.deepEqual(
      shown.map(({ at: _at, milliseconds: _milliseconds, ...rest }) => rest),
      [
        { message: '1', reply: 'one', error: false },
        { message: '2', reply: 'error: not one', error: true },
      ],
    );
  });

  it('exits with 3 when --strict is given and a reply was an error', async t => {
    const port = await fakeServer(t, serve);
    const cases: [options: string[], input: string, code: number][] = [
      [['--strict', '--eval', '2', '--eval', '1'], '', 3],
      [['--strict', '--eval', '1'], '', 0],
      [['--strict', '--quiet'], '1\n2\n', 3],
      [['--quiet'], '2\n', 0],
    ];
    await Promise.all(
      cases.map(async ([options, input, code]) => {
        const asking = client(t, port, ...options)
          .type(input)
          .endInput();
        assert.equal(await asking.exit(), code, options.join(' '));
      }),
    );
  });

  it('exits with 3 when one of many pipelined replies was an error', async t => {
    const { port } = await startServer(t, 'server3', ['--quiet']);
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} / ${index - 4000}\n`);
    const asking = client(t, port, '--quiet', '--strict').type(lines.join('')).endInput();
    const replies = (await asking.stdout.rest()).trimEnd().split('\n');
    assert.equal(replies.length, 5000);
    assert.equal(replies[4000], 'error: division by zero');
    assert.equal(await asking.exit(), 3);
  });

  it('waits with --retry for a server to start', async t => {
    const { port, fd } = reservedPort(t);
    const asking = client(t, port, '--retry').type('1\n').endInput();
    await asking.stdout.linesUntil(/connection refused; waiting for a server to start/);
    const server = createServer({ allowHalfOpen: true }, serve).listen({ fd });
    t.after(() => server.close());
    await asking.stdout.linesUntil(/^Server replied: one$/);
    assert.equal(await asking.exit(), 0);
  });

  it('tries again with --retry when a new connection is reset', async t => {
    let isReady = false;
    const port = await fakeServer(t, socket => {
      if (isReady) serve(socket);
      else socket.resetAndDestroy();
      isReady = true;
    });
    const asking = client(t, port, '--retry', '--eval', '1');
    assert.equal(await asking.stdout.rest(), 'one\n');
    assert.equal(await asking.exit(), 0);
  });

  it('waits no longer than --timeout says', async t => {
    const { port } = reservedPort(t);
    const asking = client(t, port, '--retry', '--timeout', '2', '--eval', '1');
    assert.match(await asking.stderr.rest(), /cannot connect: .*\(ECONNREFUSED\)/);
    assert.equal(await asking.exit(), 1);
  });

  it('waits no longer than --timeout says for a server that resets each new connection', async t => {
    let connections = 0;
    const port = await fakeServer(t, socket => {
      connections++;
      // The client is connected by then, and still waits for the end of a greeting.
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    const asking = client(t, port, '--retry', '--timeout', '0.3', '--eval', '1');
    assert.match(await asking.stderr.rest(), /(no session|cannot connect|connection lost): /);
    assert.equal(await asking.exit(), 1);
    // 200 ms pass between two of them.
    assert.ok(connections <= 3, `${connections} connections`);
  });

  it('counts neither slow input nor a slow reader of the output as time of the server', async t => {
    const { port } = await startServer(t, 'server3', ['--quiet']);
    const asking = client(t, port, '--quiet', '--timeout', '2');
    asking.type('10 ^ 999\n'.repeat(2000));
    await asking.stdout.lines(2000);
    await sleep(2200);
    asking.process.stdout?.pause();
    asking.type('10 ^ 999\n'.repeat(2000)).endInput();
    await sleep(2200);
    asking.process.stdout?.resume();
    await asking.stdout.lines(2000);
    assert.equal(await asking.exit(), 0);
  });

  it('sends no more lines while the output is not read', async t => {
    let asked = 0;
    let lastAsked = Number.POSITIVE_INFINITY;
    const port = await fakeServer(t, socket => {
      socket.on('data', () => {
        asked++;
        lastAsked = performance.now();
        socket.write(`${'9'.repeat(4000)}\n`);
      });
      socket.on('end', () => socket.end());
    });
    const asking = client(t, port, '--json').type('1\n'.repeat(2000)).endInput();
    asking.process.stdout?.pause();
    await eventually(() => performance.now() - lastAsked > 300, 'no more to be asked');
    assert.ok(asked < 2000, `${asked} asked`);
    asking.process.stdout?.resume();
    await asking.stdout.lines(2000);
    assert.equal(await asking.exit(), 0);
  });

  const places: [what: string, redirection: string, shown: RegExp][] = [
    ['shows its progress on a terminal', '', /\d+ replies, \d+\/s, \d+ s left/],
    ['shows its progress nowhere else', '2>&1', /^$/],
  ];
  for (const [what, redirection, expected] of places) {
    it(what, { skip: unlessTerminals }, async t => {
      const port = await fakeServer(t, socket => {
        socket.on('data', () => setTimeout(() => socket.write('66\n'), 100));
      });
      const folder = temporaryFolder(t);
      const [input, output] = [join(folder, 'in'), join(folder, 'out')];
      writeFileSync(input, '22 + 44\n'.repeat(6));
      const words = `'${execPath}' '${CLI}' client --quiet 127.0.0.1 ${port}`;
      const command = `${words} <'${input}' >'${output}' ${redirection}`;
      const asking = run(t, ['script', '-qefc', command, '/dev/null']);
      assert.match((await asking.stdout.rest()).replaceAll('\x1b[1G\x1b[2K', ''), expected);
      assert.equal(await asking.exit(), 0);
      assert.equal(readFileSync(output, 'utf8'), '66\n'.repeat(6));
    });
  }
});
