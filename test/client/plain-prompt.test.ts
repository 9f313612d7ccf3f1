/** The prompt when input or output is no terminal: programs wait for it, and people read logs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type Calcd, CLI, calcd, run, type Server, startServer } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { answering, fakeServer } from '../support/fake-server.ts';
import { Scope } from '../support/scope.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { CTRL_D, unlessTerminals } from '../support/terminal.ts';

const PROMPT = 'Please enter the message to the server: ';

function client(test: TestContext, port: number): Calcd {
  return calcd(test, ['client', '127.0.0.1', String(port)]);
}

describe('the prompt where there is no terminal', () => {
  const scope = new Scope();
  let server3: Server;
  before(async () => {
    server3 = await startServer(scope, 'server3', ['--quiet']);
  });
  after(() => scope.end());

  it('is there before each line is read, for a program that waits for it', async t => {
    const asking = client(t, server3.port);
    assert.equal(await asking.stdout.textUntil(PROMPT), `Connected to server\n${PROMPT}`);
    for (const [line, reply] of [
      ['22 + 44', '66'],
      ['', 'error: empty expression'],
      ['3 * 4', '12'],
    ]) {
      asking.type(`${line}\n`);
      const shown = await asking.stdout.textUntil(PROMPT);
      assert.equal(shown, `${line}\nServer replied: ${reply}\n${PROMPT}`);
    }
    assert.equal(await asking.endInput().stdout.rest(), '\n');
    assert.equal(await asking.exit(), 0);
  });

  it('is the same however the input comes', async t => {
    const expected = `Connected to server\n${PROMPT}1\nServer replied: 1\n${PROMPT}2\nServer replied: 2\n${PROMPT}\n`;
    const atOnce = client(t, server3.port).type('1\n2').endInput();
    assert.equal(await atOnce.stdout.rest(), expected);
    const slowly = client(t, server3.port);
    const first = await slowly.stdout.textUntil(PROMPT);
    const second = await slowly.type('1\n').stdout.textUntil(PROMPT);
    const rest = await slowly.type('2').endInput().stdout.rest();
    assert.equal(first + second + rest, expected);
  });

  it('is there again below an unsolicited text', async t => {
    let say: (text: string) => void = () => {};
    const port = await fakeServer(t, socket => {
      say = text => socket.write(text);
      answering(message => `${message}\n`)(socket);
    });
    const asking = client(t, port);
    await asking.stdout.textUntil(PROMPT);
    say('Hello\n');
    assert.equal(await asking.stdout.textUntil(PROMPT), `\nServer says: Hello\n${PROMPT}`);
    assert.equal(
      await asking.type('1\n').stdout.textUntil(PROMPT),
      `1\nServer replied: 1\n${PROMPT}`,
    );
    assert.equal(await asking.endInput().exit(), 0);
  });

  const ENDS: [what: string, end: (asking: Calcd, server: Server) => void, code: number][] = [
    ['Ctrl+C', asking => asking.signal('SIGINT'), 0],
    ['the loss of the connection', (_, server) => server.signal('SIGTERM'), 1],
  ];
  for (const [what, end, code] of ENDS) {
    it(`is not left at the end of a line by ${what}`, async t => {
      const server = await startServer(t, 'server3');
      const asking = client(t, server.port);
      await asking.stdout.textUntil(PROMPT);
      end(asking, server);
      assert.equal(await asking.stdout.rest(), '\n');
      assert.equal(await asking.exit(), code);
    });
  }

  it('is followed by a hint when the server does not know a word such as help', async t => {
    const asking = client(t, server3.port);
    for (const word of ['help', ' QUIT ', '?']) {
      await asking.stdout.textUntil(PROMPT);
      const shown = await asking.type(`${word}\n`).stdout.textUntil('to quit)\n');
      assert.match(shown, /^Server replied: error: .*\n\(type an expression, such as 22 \+ 44; /m);
    }
    assert.equal(await asking.endInput().exit(), 0);
  });

  it('is followed by no hint when the server knows it', async t => {
    const port = await fakeServer(
      t,
      answering(message => `no ${message}\n`),
    );
    const asking = client(t, port);
    await asking.stdout.textUntil(PROMPT);
    const shown = await asking.type('help\n').stdout.textUntil(PROMPT);
    assert.equal(shown, `help\nServer replied: no help\n${PROMPT}`);
  });

  it('is for a session: not for --quiet, --json and --eval', async t => {
    for (const options of [['--quiet'], ['--json'], ['--eval', '1']]) {
      const words = ['client', ...options, '127.0.0.1', String(server3.port)];
      const shown = await calcd(t, words).type('1\n').endInput().stdout.rest();
      assert.ok(!shown.includes('Please'), shown);
    }
  });
});

describe('the client at a terminal, its output in a pipe', { skip: unlessTerminals }, () => {
  /** \`calcd client … | tee LOG\` */
  async function intoTee(
    t: TestContext,
    port: number,
    options: string[] = [],
  ): Promise<{ terminal: Calcd; log: () => string }> {
    const log = join(temporaryFolder(t), 'log');
    const command = `'${execPath}' '${CLI}' client ${options.join(' ')} 127.0.0.1 ${port} | tee '${log}'`;
    const terminal = run(t, ['script', '-qec', command, '/dev/null']);
    await terminal.stdout.textUntil(PROMPT);
    return { terminal, log: () => readFileSync(log, 'utf8') };
  }

  it('prompts, and shows each line once', async t => {
    const server = await startServer(t, 'server3', ['--quiet']);
    const { terminal, log } = await intoTee(t, server.port);
    const shown = await terminal.type('22 + 44\n').stdout.textUntil(PROMPT);
    assert.equal(shown, `22 + 44\r\nServer replied: 66\r\n${PROMPT}`);
    terminal.type(CTRL_D);
    await terminal.stdout.rest();
    assert.equal(log(), `Connected to server\n${PROMPT}Server replied: 66\n${PROMPT}\n`);
  });

  it('takes no more from the server while its output is not read', async t => {
    let taken = (): number => 0;
    const port = await fakeServer(t, socket => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(`${'x'.repeat(63)}\n`.repeat(1024)));
      };
      socket.on('drain', more);
      socket.once('data', () => {
        taken = () => socket.bytesWritten;
        more();
      });
    });
    const command = `'${execPath}' '${CLI}' client 127.0.0.1 ${port} | sh -c 'read line; echo $line; exec sleep 600'`;
    const terminal = run(t, ['script', '-qec', command, '/dev/null']);
    await terminal.stdout.textUntil('Connected to server');
    terminal.type('1\n');
    let [before, since] = [0, performance.now()];
    const hasStopped = (): boolean => {
      if (taken() !== before) [before, since] = [taken(), performance.now()];
      return before > 0 && performance.now() - since > 1000;
    };
    await eventually(hasStopped, 'no more to be taken');
  });

  it('has no timeout while the user can type', async t => {
    const port = await fakeServer(t, socket => {
      socket.on('data', bytes => {
        if (String(bytes) === '2\n') socket.write('4\n');
      });
    });
    const { terminal } = await intoTee(t, port, ['--timeout', '0.1']);
    await terminal.type('1\n').stdout.textUntil('no reply for 2 s');
    await terminal.type('\n').stdout.textUntil(PROMPT);
    await terminal.type('2\n').stdout.textUntil('Server replied');
    terminal.type(CTRL_D);
    await terminal.stdout.rest();
  });
});
