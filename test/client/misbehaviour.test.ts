/**
 * Every way to run the client × every way a server misbehaves: the client ends within its timeout,
 * prints the reason, and takes no more data than it can keep.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type Calcd, calcd } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { fakeServer } from '../support/fake-server.ts';
import { unlessLinux } from '../support/installed.ts';
import { atTerminal, CTRL_C, unlessTerminals } from '../support/terminal.ts';

const NOT_COMPLETE = 'the reply is not complete after 2 s';
const PROMPT = 'Please enter the message to the server: ';

/** What a server can send before the client stops it: the client's limit, and the kernels' buffers. */
const MOST_TAKEN = 32 * 1024 * 1024;

/** Lines of a run that is pipelined; the server misbehaves when it has answered some. */
const MANY = 20_000;
const ANSWERED = 5000;

const PIECE = 'x'.repeat(64 * 1024);
const PIECE_OF_LINES = `${'x'.repeat(63)}\n`.repeat(1024);

type Misbehave = (socket: Socket) => void;

const closes: Misbehave = socket => socket.end();
const resets: Misbehave = socket => socket.resetAndDestroy();
const isSilent: Misbehave = () => {};
/** Each byte would restart a timer that counts from the last byte. */
const drips: Misbehave = socket => {
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
};
const floods = flooding(PIECE);
const floodsLines = flooding(PIECE_OF_LINES);

function flooding(piece: string): Misbehave {
  return socket => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
  };
}

interface Ending {
  readonly server: string;
  readonly misbehave: Misbehave;
  /** On standard error. */
  readonly message: RegExp;
  readonly timeout?: string;
}

/** For servers that make the client wait for all of it. */
const TIMEOUT = '1.5';

/**
 * At once. On a busy machine the server may be so late that the client has sent its first line. Then
 * the message is about the reply. client-session.unit.ts is exact.
 */
const GREETINGS: Ending[] = [
  { server: 'closes', misbehave: closes, message: /(no session|connection lost): .* \(EOF\)/ },
  {
    server: 'resets',
    misbehave: resets,
    message: /(cannot connect|no session|connection lost): .* \(ECONNRESET\)/,
  },
  {
    server: 'floods',
    misbehave: floods,
    message: /(no session|no reply|connection closed): .* \(EMSGSIZE\)/,
  },
];

/** Instead of the second reply. The first one has shown that replies end with LF, not with a pause. */
const REPLIES: Ending[] = [
  { server: 'closes', misbehave: closes, message: /connection lost: .* \(EOF\)/ },
  {
    server: 'resets',
    misbehave: resets,
    message: /connection lost: .* \((ECONNRESET|EPIPE|EOF)\)/,
  },
  {
    server: 'is silent',
    misbehave: isSilent,
    message: /no reply: .* the server did not reply in time \(ETIMEDOUT\)/,
    timeout: TIMEOUT,
  },
  {
    server: 'drips',
    misbehave: drips,
    message: /no reply: .* the reply did not end in time \(ETIMEDOUT\)/,
    timeout: TIMEOUT,
  },
  {
    server: 'floods',
    misbehave: floods,
    message: /no reply: .* the reply is longer than 1 MiB \(EMSGSIZE\)/,
  },
];

const UNSOLICITED: Ending = {
  server: 'floods with lines',
  misbehave: floodsLines,
  message: /connection closed: .* the server sent more than 1 MiB of unsolicited data \(EMSGSIZE\)/,
};

const PIPELINED: Ending[] = [
  ...REPLIES,
  {
    server: 'replies too often',
    misbehave: socket => socket.write('x\n'.repeat(MANY)),
    message: /no reply: .* the server sent more replies than requests \(EPROTO\)/,
  },
];

/** More than the pauses that a busy machine can make in a flood. */
const LINES = Array.from({ length: 20 }, (_, index) => String(index));

/** How a script runs the client, and its standard input. */
const MODES: [mode: string, options: string[], input: string][] = [
  ['a session in a pipe', [], LINES.join('\n')],
  ['--quiet', ['--quiet'], LINES.join('\n')],
  ['--json', ['--json'], LINES.join('\n')],
  ['--eval', LINES.flatMap(line => ['--eval', line]), ''],
];

/** A server that counts what its client takes. */
async function countingServer(
  test: TestContext,
  serve: Misbehave,
): Promise<{ port: number; taken: () => number }> {
  const sockets: Socket[] = [];
  const port = await fakeServer(test, socket => {
    sockets.push(socket);
    serve(socket);
  });
  const taken = (): number =>
    sockets.reduce(
      (sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength,
      0,
    );
  return { port, taken };
}

const onSecondLine =
  (misbehave: Misbehave): Misbehave =>
  socket =>
    socket.once('data', () => {
      socket.write('x\n');
      socket.once('data', () => misbehave(socket));
    });

/** Frames by lines and answers `x`, until it has answered some; then it misbehaves. */
const framing =
  (misbehave: Misbehave): Misbehave =>
  socket => {
    let [rest, count] = ['', 0];
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\n');
      rest = lines.pop() as string;
      const owed = Math.min(lines.length, ANSWERED - count);
      if (owed <= 0) return;
      count += owed;
      socket.write('x\n'.repeat(owed));
      if (count === ANSWERED) misbehave(socket);
    });
  };

describe('a client in a script exits with 1 and prints the reason', { concurrency: 4 }, () => {
  async function assertEnds(
    test: TestContext,
    options: string[],
    input: string,
    serve: Misbehave,
    { message, timeout }: Ending,
  ): Promise<Calcd> {
    const { port, taken } = await countingServer(test, serve);
    const timed = timeout === undefined ? [] : ['--timeout', timeout];
    const words = ['client', ...options, ...timed, '127.0.0.1', String(port)];
    const asking = calcd(test, words).type(input).endInput();
    assert.match(await asking.stderr.rest(), message);
    assert.equal(await asking.exit(), 1);
    assert.ok(taken() < MOST_TAKEN, `${taken()} bytes taken`);
    return asking;
  }

  for (const [mode, options, input] of MODES) {
    for (const ending of GREETINGS) {
      it(`${mode}: a server that ${ending.server} at once`, async t => {
        await assertEnds(t, options, input, ending.misbehave, ending);
      });
    }
    for (const ending of REPLIES) {
      it(`${mode}: a server that ${ending.server} instead of a reply`, async t => {
        await assertEnds(t, options, input, onSecondLine(ending.misbehave), ending);
      });
    }
  }

  const RAMBLES: [does: string, misbehave: Misbehave][] = [
    ['drips', drips],
    ['floods with lines', floodsLines],
  ];
  for (const [does, misbehave] of RAMBLES) {
    it(`--eval: a server that ${does} at once`, async t => {
      const { port, taken } = await countingServer(t, misbehave);
      const words = ['client', '--eval', '1', '--timeout', TIMEOUT, '127.0.0.1', String(port)];
      // 0 if the server was so slow that its text was taken for a reply.
      assert.ok([0, 1].includes((await calcd(t, words).exit()) as number));
      assert.ok(taken() < MOST_TAKEN, `${taken()} bytes taken`);
    });
  }

  it('--quiet: a server that floods with lines between two lines', async t => {
    const serve: Misbehave = socket => {
      socket.once('data', () => {
        socket.write('1\n');
        setTimeout(() => floodsLines(socket), 200);
      });
    };
    const { port, taken } = await countingServer(t, serve);
    const asking = calcd(t, ['client', '--quiet', '127.0.0.1', String(port)]).type('1\n');
    assert.match(await asking.stderr.rest(), UNSOLICITED.message);
    assert.equal(await asking.stdout.rest(), '1\n');
    assert.equal(await asking.exit(), 1);
    assert.ok(taken() < MOST_TAKEN, `${taken()} bytes taken`);
  });

  for (const ending of PIPELINED) {
    it(`many lines at a time: a server that ${ending.server}`, async t => {
      const input = 'xx\n'.repeat(MANY);
      const serve = framing(ending.misbehave);
      const asking = await assertEnds(t, ['--quiet'], input, serve, ending);
      const replies = await asking.stdout.rest();
      const most = ending.server === 'replies too often' ? MANY : ANSWERED;
      assert.equal(replies, 'x\n'.repeat(replies.length / 2));
      assert.ok(replies.length <= 2 * most, `${replies.length / 2} replies`);
    });
  }
});

describe('a client at the prompt stays there', { skip: unlessTerminals, concurrency: 4 }, () => {
  /** Far more than a client needs, and far less than a flood of some seconds. */
  const MOST_RESIDENT_MIB = 200;
  const FLOOD = 300 * 1024 * 1024;

  async function atPrompt(test: TestContext, port: number): Promise<Calcd> {
    const terminal = atTerminal(test, ['client', '127.0.0.1', String(port)]);
    await terminal.stdout.textUntil(PROMPT);
    return terminal;
  }

  const peakMiB = (pid: number): number =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

  it('when a reply drips, and prints a notice', async t => {
    const { port } = await countingServer(t, onSecondLine(drips));
    const terminal = await atPrompt(t, port);
    await terminal.type('1\r').stdout.textUntil(PROMPT);
    await terminal.type('2\r').stdout.textUntil(NOT_COMPLETE);
    await terminal.type('\r').stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('when a reply has no end: it is truncated', { skip: unlessLinux }, async t => {
    const { port, taken } = await countingServer(t, onSecondLine(floods));
    const terminal = await atPrompt(t, port);
    await terminal.type('1\r').stdout.textUntil(PROMPT);
    await terminal.type('2\r').stdout.textUntil('(truncated: longer than 1 MiB)');
    await eventually(() => taken() > FLOOD, 'the flood to be taken');
    assert.ok(peakMiB(terminal.child) < MOST_RESIDENT_MIB, `${peakMiB(terminal.child)} MiB`);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('when it is flooded with unsolicited lines', { skip: unlessLinux }, async t => {
    const { port, taken } = await countingServer(t, onSecondLine(floodsLines));
    const terminal = await atPrompt(t, port);
    await terminal.type('1\r').stdout.textUntil(PROMPT);
    terminal.type('2\r').stdout.discard();
    await eventually(() => taken() > FLOOD / 8, 'the flood to be taken');
    assert.ok(peakMiB(terminal.child) < MOST_RESIDENT_MIB, `${peakMiB(terminal.child)} MiB`);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('and has the next reply whole after one that was truncated', async t => {
    const { port } = await countingServer(t, socket => {
      socket.on('data', bytes => {
        if (String(bytes) === '1\n') socket.write(PIECE.repeat(40));
        else socket.write('66\n');
      });
    });
    const terminal = await atPrompt(t, port);
    await terminal.type('1\r').stdout.textUntil('(truncated: longer than 1 MiB)');
    await terminal.stdout.textUntil(PROMPT);
    await terminal.type('2\r').stdout.textUntil('Server replied: 66\r\n');
    await terminal.stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });
});
