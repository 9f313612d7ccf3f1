/** The client in a pipe: with our servers, and with other people's. */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type Calcd, CLI, calcd, run, type Server, startServer } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { answering, fakeServer } from '../support/fake-server.ts';
import { withPatienceForGreetings } from '../support/patched.ts';
import { reservedPort } from '../support/ports.ts';
import { Scope } from '../support/scope.ts';

const PROMPT = 'Please enter the message to the server: ';

/** Doubles: any reply shows which message it belongs to. */
const double = (message: string): string => String(2 * Number(message));

function client(test: TestContext, port: number, ...options: string[]): Calcd {
  return calcd(test, ['client', ...options, '127.0.0.1', String(port)]);
}

/** For servers that greet, or that refuse. */
function patientClient(test: TestContext, port: number, ...options: string[]): Calcd {
  const words = ['client', ...options, '127.0.0.1', String(port)];
  return calcd(test, words, {}, withPatienceForGreetings(test));
}

/** Runs a client with this input; `expected` is all of its output, its exit code 0. */
async function assertAnswers(
  test: TestContext,
  port: number,
  input: string,
  expected: string,
  start = client,
): Promise<void> {
  const asking = start(test, port, '--quiet').type(input).endInput();
  assert.equal(await asking.stdout.rest(), expected);
  assert.equal(await asking.exit(), 0);
}

// Some wait for seconds.
describe('the client in a pipe', { concurrency: 4 }, () => {
  const scope = new Scope();
  let server3: Server;
  before(async () => {
    server3 = await startServer(scope, 'server3', ['--quiet']);
  });
  after(() => scope.end());

  it('shows the sample session', async t => {
    const { port } = server3;
    const asking = client(t, port).type('22 + 44\n3 * 4\n').endInput();
    assert.equal(
      await asking.stdout.rest(),
      `Connected to server\n${PROMPT}22 + 44\nServer replied: 66\n${PROMPT}3 * 4\nServer replied: 12\n${PROMPT}\n`,
    );
    assert.equal(await asking.exit(), 0);
  });

  it('prints only the replies with --quiet, one for each line', async t => {
    const { port } = server3;
    await assertAnswers(
      t,
      port,
      '22 + 44\n\n1 / 3',
      '66\nerror: empty expression\n0.33333333333333333333\n',
    );
  });

  it('answers thousands of lines', async t => {
    const { port } = server3;
    const lines = Array.from({ length: 5000 }, (_, index) => index);
    await assertAnswers(
      t,
      port,
      lines.map(line => `${line} + 1\n`).join(''),
      lines.map(line => `${line + 1}\n`).join(''),
    );
  });

  const longRuns: [
    server: string,
    serve: Parameters<typeof fakeServer>[1],
    start: typeof client,
  ][] = [
    ['takes each receive for a message', answering(message => `${double(message)}\n`), client],
    ['splits what it receives into lines, but keeps no rest', splitting(), client],
    ['frames by lines, but greets', greeting(), patientClient],
  ];
  for (const [server, serve, start] of longRuns) {
    it(`sends line by line, however long the input, to a server that ${server}`, async t => {
      const port = await fakeServer(t, serve);
      const lines = Array.from({ length: 1500 }, (_, index) => index + 10);
      await assertAnswers(
        t,
        port,
        lines.map(line => `${line}\n`).join(''),
        lines.map(line => `${2 * line}\n`).join(''),
        start,
      );
    });
  }

  it('sends many lines at a time to a server that frames by lines', async t => {
    let most = 0;
    const port = await fakeServer(
      t,
      framing(lines => (most = Math.max(most, lines))),
    );
    const lines = Array.from({ length: 20_000 }, (_, index) => index + 10);
    // The probe fails if this server is too slow, as on a busy machine.
    await eventually(async () => {
      await assertAnswers(
        t,
        port,
        lines.map(line => `${line}\n`).join(''),
        lines.map(line => `${2 * line}\n`).join(''),
      );
      return most > 100;
    }, 'many lines at a time');
  });

  it('reports a server that closes while many lines wait for their replies', async t => {
    const port = await fakeServer(t, socket => {
      let count = 0;
      framing(lines => {
        count += lines;
        if (count > 10_000) socket.destroy();
      })(socket);
    });
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index + 10}\n`);
    const asking = client(t, port, '--quiet').type(lines.join('')).endInput();
    assert.match(await asking.stderr.rest(), /connection lost: /);
    assert.equal(await asking.exit(), 1);
  });

  it('ends at once when there is no input', async t => {
    const { port } = server3;
    await assertAnswers(t, port, '', '');
  });

  const others: [does: string, serve: (message: string) => string, replies: string][] = [
    ['end replies with LF', message => `${double(message)}\n`, '2\n4\n6\n'],
    ['end replies with nothing', double, '2\n4\n6\n'],
    ['end replies with CRLF', message => `${double(message)}\r\n`, '2\n4\n6\n'],
    ['pad replies with NUL', message => double(message).padEnd(80, '\0'), '2\n4\n6\n'],
    ['leave garbage behind NUL', message => `${double(message)}\0garbage`, '2\n4\n6\n'],
    ['colour replies', message => `\x1b[32m${double(message)}\x1b[0m\n`, '2\n4\n6\n'],
    [
      'reply in two lines',
      message => `of ${message}:\n${double(message)}\n`,
      'of 1:\n2\nof 2:\n4\nof 3:\n6\n',
    ],
  ];
  for (const [does, serve, replies] of others) {
    it(`understands servers that ${does}`, async t => {
      const port = await fakeServer(t, answering(serve));
      await assertAnswers(t, port, '1\n2\n3\n', replies);
    });
  }

  it('is not one reply behind after a greeting', async t => {
    const port = await fakeServer(t, socket => {
      socket.write('Welcome!\n');
      answering(double)(socket);
    });
    const asking = patientClient(t, port).type('1\n2\n').endInput();
    assert.equal(
      await asking.stdout.rest(),
      `Connected to server\nServer says: Welcome!\n${PROMPT}1\nServer replied: 2\n${PROMPT}2\nServer replied: 4\n${PROMPT}\n`,
    );
  });

  it('reports output that cannot be written, and exits with 1', async t => {
    const { port } = server3;
    const words = `'${execPath}' '${CLI}' client --quiet 127.0.0.1 ${port} >/dev/full`;
    const asking = run(t, ['sh', '-c', words]).type('1 + 1\n');
    assert.match(await asking.stderr.rest(), /cannot write standard output: .* \(ENOSPC\)/);
    assert.equal(await asking.exit(), 1);
  });

  it('splits its input at LF only, as the wire does', async t => {
    const { port } = server3;
    await assertAnswers(
      t,
      port,
      '1 + 1\r\n2\u2028+ 2\n3\r+ 3\n4 + 4',
      '2\nerror: unexpected character U+2028 at column 2\nerror: unexpected control character U+000D at column 2\n8\n',
    );
  });

  it('reports input without line ends, and exits with 1', async t => {
    const { port } = server3;
    const asking = client(t, port, '--quiet');
    asking.type('1'.repeat(3 * 1024 * 1024));
    assert.match(
      await asking.stderr.rest(),
      /cannot read standard input: a line is longer than .*\(EMSGSIZE\)/,
    );
    assert.equal(await asking.exit(), 1);
  });

  const failures: [server: string, serve: Parameters<typeof fakeServer>[1], message: RegExp][] = [
    [
      'closes before it replied',
      socket => socket.on('data', () => socket.end()),
      /connection lost: .* the server closed the connection/,
    ],
    [
      'resets the connection',
      socket => socket.on('data', () => socket.resetAndDestroy()),
      /connection lost: .*connection reset by peer \(ECONNRESET\)/,
    ],
    [
      'is busy',
      socket => socket.end('error: server busy: try later\n'),
      /^error: server busy: try later\ncalcd: no session: .* the server refused the session and closed the connection \(EOF\)/,
    ],
  ];
  for (const [server, serve, message] of failures) {
    it(`exits with 1 and a message when the server ${server}`, async t => {
      const port = await fakeServer(t, serve);
      const start = server === 'is busy' ? patientClient : client;
      const asking = start(t, port, '--quiet').type('1\n2\n');
      assert.match(await asking.stderr.rest(), message);
      assert.equal(await asking.exit(), 1);
    });
  }

  it('reports the address that refused the connection, and exits with 1', async t => {
    const { port } = reservedPort(t);
    const asking = client(t, port);
    assert.equal(
      await asking.stderr.rest(),
      `calcd: cannot connect: 127.0.0.1:${port}: connection refused (ECONNREFUSED); start a server there, or check the address; some servers refuse while they serve another client\n`,
    );
    assert.equal(await asking.exit(), 1);
  });

  it('is refused with a reply by a server1 that is busy', async t => {
    const server = await startServer(t, 'server1');
    const first = await server.connect();
    const second = patientClient(t, server.port);
    assert.match(
      await second.stdout.rest(),
      /^Connected to server\nServer says: error: server busy: /,
    );
    assert.equal(await second.exit(), 1);
    await first.close();
    await server.stdout.linesUntil(/disconnected/);
    await assertAnswers(t, server.port, '22 + 44', '66\n');
  });

  it('gives up on a server that never answers, and exits with 1', async t => {
    const port = await fakeServer(t, () => {});
    const asking = client(t, port, '--timeout', '2').type('1 + 1\n');
    assert.match(
      await asking.stderr.rest(),
      /no reply: .* the server did not reply in time \(ETIMEDOUT\)/,
    );
    assert.equal(await asking.exit(), 1);
  });

  it('ends with 0 on SIGINT', async t => {
    const port = await fakeServer(t, answering(double));
    const asking = client(t, port).type('1\n');
    await asking.stdout.linesUntil(/replied: 2/);
    assert.equal(await asking.signal('SIGINT').exit(), 0);
  });
});

/** A server that frames by lines. @param notice gets the number of lines in a receive. */
function framing(notice: (lines: number) => void): Parameters<typeof fakeServer>[1] {
  return socket => {
    let rest = '';
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\n');
      rest = lines.pop() as string;
      notice(lines.length);
      socket.write(lines.map(line => `${double(line)}\n`).join(''));
    });
    socket.on('end', () => socket.end());
  };
}

function splitting(): Parameters<typeof fakeServer>[1] {
  return answering(text =>
    text
      .split('\n')
      .map(line => `${double(line)}\n`)
      .join(''),
  );
}

function greeting(): Parameters<typeof fakeServer>[1] {
  return socket => {
    socket.write('\x1b[1mWelcome\x1b[0m\n');
    framing(() => {})(socket);
  };
}
