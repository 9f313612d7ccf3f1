/** The client at a terminal: the prompt, its keys, and what is printed while the user types. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type Calcd, type Server, startServer } from '../support/calcd.ts';
import { answering, fakeServer } from '../support/fake-server.ts';
import { unlessLinux } from '../support/installed.ts';
import { Scope } from '../support/scope.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  atTerminal,
  BACKSPACE,
  CTRL_A,
  CTRL_C,
  CTRL_D,
  CTRL_E,
  CTRL_L,
  CTRL_Z,
  LEFT,
  UP,
  unlessTerminals,
} from '../support/terminal.ts';

const PROMPT = 'Please enter the message to the server: ';

/** Doubles: any reply shows which message it belongs to. */
const double = (message: string): string => String(2 * Number(message));

function client(
  test: TestContext,
  port: number,
  options: string[] = [],
  settings: Parameters<typeof atTerminal>[2] = {},
): Calcd {
  return atTerminal(test, ['client', ...options, '127.0.0.1', String(port)], settings);
}

describe('the client at a terminal', { skip: unlessTerminals }, () => {
  const scope = new Scope();
  let server3: Server;
  before(async () => {
    server3 = await startServer(scope, 'server3', ['--quiet']);
  });
  after(() => scope.end());

  it('prompts, shows the reply, and prompts again until Ctrl+C', async t => {
    const { port } = server3;
    const terminal = client(t, port);
    assert.match(await terminal.stdout.textUntil(PROMPT), /^Connected to server\r\n/);
    for (const [line, reply] of [
      ['22 + 44', '66'],
      ['3 * 4', '12'],
      ['', 'error: empty expression'],
    ]) {
      terminal.type(`${line}\r`);
      const shown = await terminal.stdout.textUntil(PROMPT);
      assert.ok(shown.includes(`Server replied: ${reply}\r\n`), JSON.stringify(shown));
    }
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('ends on Ctrl+D', async t => {
    const { port } = server3;
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_D).exit(), 0);
  });

  it('reports at once that the server has closed, though the user is typing', async t => {
    const server = await startServer(t, 'server3');
    const terminal = client(t, server.port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('22 +');
    await terminal.stdout.textUntil('22 +');
    server.signal('SIGTERM');
    const shown = await terminal.stdout.rest();
    assert.match(
      shown,
      /^\r\ncalcd: connection lost: .* the server closed the connection \(EOF\)\r\n$/,
    );
    assert.equal(await terminal.exit(), 1);
  });

  it('prints a notice when no reply comes; a new line brings the prompt back', async t => {
    const port = await fakeServer(t, socket => {
      socket.on('data', bytes => {
        if (String(bytes) === '2\n') socket.write('4\n');
      });
    });
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('1\r');
    await terminal.stdout.textUntil('no reply for 2 s');
    terminal.type('\r');
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('2\r');
    await terminal.stdout.textUntil('Server replied, perhaps to an earlier line: 4');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('keeps in order what is typed while a reply is due', async t => {
    const port = await fakeServer(t, socket => {
      socket.on('data', bytes => setTimeout(() => socket.write(`got ${bytes}`), 300));
    });
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('1\r');
    await terminal.stdout.textUntil('\r\n');
    terminal.type('10 ');
    await terminal.stdout.textUntil('Server replied: got 1');
    await terminal.stdout.textUntil('10 ');
    terminal.type('+ 20\r');
    await terminal.stdout.textUntil('Server replied: got 10 + 20\r\n');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('gives up on a silent server after Ctrl+D', async t => {
    const port = await fakeServer(t, () => {});
    const terminal = client(t, port, ['--timeout', '2']);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('1\r');
    await terminal.stdout.textUntil('\r\n');
    terminal.type(CTRL_D);
    await terminal.stdout.textUntil('no reply');
    assert.equal(await terminal.exit(), 1);
  });

  it('gives up on a silent server after two lines and Ctrl+D', async t => {
    const port = await fakeServer(t, () => {});
    const terminal = client(t, port, ['--timeout', '2']);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('1\r');
    await terminal.stdout.textUntil('\r\n');
    terminal.type(`2\r${CTRL_D}`);
    await terminal.stdout.textUntil('no reply');
    assert.equal(await terminal.exit(), 1);
  });

  it('shows unsolicited text without losing what is typed', async t => {
    let say: (text: string) => void = () => {};
    const port = await fakeServer(t, socket => {
      say = text => socket.write(text);
      answering(double)(socket);
    });
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('2');
    await terminal.stdout.textUntil('2');
    say('Hello\n');
    const shown = await terminal.stdout.textUntil(`${PROMPT}2`);
    assert.match(shown, /Server says: Hello\r\n/);
    terminal.type('1\r');
    await terminal.stdout.textUntil('Server replied: 42');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('ends on Ctrl+C, which clears a line that is half typed first', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('99');
    await terminal.stdout.textUntil('99');
    terminal.type(CTRL_C);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('21\r');
    await terminal.stdout.textUntil('Server replied: 42\r\n');
    await terminal.stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('clears the screen on Ctrl+L, and keeps what is typed', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('21');
    await terminal.stdout.textUntil('21');
    terminal.type(CTRL_L);
    const shown = await terminal.stdout.textUntil(`${PROMPT}21`);
    assert.ok(shown.includes('\x1b[1;1H\x1b[0J'), JSON.stringify(shown));
    assert.equal(await terminal.type(`${CTRL_C}${CTRL_C}`).exit(), 0);
  });

  it('puts what is pasted where the cursor is', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type(`23${LEFT}11\r`);
    await terminal.stdout.textUntil('Server replied: 4226\r\n');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('stays at the prompt on Ctrl+Z when no shell could continue it', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('21');
    await terminal.stdout.textUntil('21');
    terminal.type(`${CTRL_Z}0`);
    await terminal.stdout.textUntil('0');
    terminal.type(`${LEFT}${CTRL_E}1\r`);
    await terminal.stdout.textUntil('Server replied: 4202');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('shows its prompt again when it is continued', { skip: unlessLinux }, async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('21');
    await terminal.stdout.textUntil('21');
    process.kill(terminal.child, 'SIGCONT');
    await terminal.stdout.textUntil(`${PROMPT}21`);
    assert.equal(await terminal.type(`${CTRL_C}${CTRL_C}`).exit(), 0);
  });

  it('offers the lines of the last run, and one that was half typed', async t => {
    const port = await fakeServer(t, answering(double));
    const stateFolder = temporaryFolder(t);
    const first = client(t, port, [], { stateFolder });
    await first.stdout.textUntil(PROMPT);
    first.type('21\r');
    await first.stdout.textUntil('replied: 42');
    await first.stdout.textUntil(PROMPT);
    assert.equal(await first.type(CTRL_C).exit(), 0);

    const second = client(t, port, [], { stateFolder });
    await second.stdout.textUntil(PROMPT);
    second.type(`${UP}\r`);
    await second.stdout.textUntil('replied: 42');
    await second.stdout.textUntil(PROMPT);
    assert.equal(await second.type(CTRL_C).exit(), 0);

    const third = client(t, port, ['--no-history'], { stateFolder });
    await third.stdout.textUntil(PROMPT);
    third.type(`${UP}5\r`);
    await third.stdout.textUntil('replied: 10');
    assert.equal(await third.type(CTRL_C).exit(), 0);
  });

  it('works without a history that it cannot keep, and prints a notice', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port, [], { stateFolder: '/dev/null' });
    await terminal.stdout.textUntil('cannot keep the history: not a directory (ENOTDIR)');
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('21\r');
    await terminal.stdout.textUntil('replied: 42');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  const HANGING: [what: string, make: (file: string) => unknown][] = [
    ['a FIFO', file => spawnSync('mkfifo', [file])],
    ['a device without end', file => symlinkSync('/dev/zero', file)],
  ];
  for (const [what, make] of HANGING) {
    it(`works without a history that is ${what}, and prints a notice`, async t => {
      const port = await fakeServer(t, answering(double));
      const stateFolder = temporaryFolder(t);
      mkdirSync(join(stateFolder, 'calcd'));
      make(join(stateFolder, 'calcd/history'));
      const terminal = client(t, port, [], { stateFolder });
      await terminal.stdout.textUntil('cannot keep the history: not a regular file (EINVAL)');
      await terminal.stdout.textUntil(PROMPT);
      terminal.type('21\r');
      await terminal.stdout.textUntil('replied: 42');
      assert.equal(await terminal.type(CTRL_C).exit(), 0);
    });
  }

  it('prints above a line that takes several rows of a narrow window', async t => {
    let say: (text: string) => void = () => {};
    const port = await fakeServer(t, socket => {
      say = text => socket.write(text);
    });
    const terminal = client(t, port, [], { columns: 40 });
    const typed = `1${' + 1'.repeat(11)} + 7`;
    await terminal.stdout.textUntil(PROMPT);
    terminal.type(typed);
    await terminal.stdout.textUntil('+ 7');
    say('Hello\n');
    const shown = await terminal.stdout.textUntil(`${PROMPT}${typed}`);
    const [hidden, above] = ['\x1b[2A\x1b[1G\x1b[0J', 'Server says: Hello\r\n'];
    assert.equal(shown, `${hidden}${above}\r\n\r\n${hidden}${PROMPT}${typed}`);
    assert.equal(await terminal.type(`${CTRL_C}${CTRL_C}`).exit(), 0);
  });

  it('marks a reply that may belong to an earlier line', async t => {
    const asked: string[] = [];
    let reply: () => void = () => {};
    const port = await fakeServer(t, socket => {
      reply = () => socket.write(`${double(asked.shift() ?? '')}\n`);
      socket.on('data', bytes => {
        asked.push(String(bytes));
        if (asked.length === 2) reply();
      });
    });
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('1\r');
    await terminal.stdout.textUntil(
      'the server may be busy with another client; press Enter to stop waiting',
    );
    terminal.type('2\r');
    await terminal.stdout.textUntil('Server replied, perhaps to an earlier line: 2\r\n');
    await terminal.stdout.textUntil(PROMPT);
    reply();
    await terminal.stdout.textUntil('Server replied late: 4\r\n');
    await terminal.stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('with --retry waits for another server, and keeps what is typed', async t => {
    const server = await startServer(t, 'server1');
    const terminal = client(t, server.port, ['--retry']);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('22 +');
    await terminal.stdout.textUntil('22 +');
    server.signal('SIGKILL');
    await terminal.stdout.textUntil('waiting for a server to start');
    await server.exit();
    await startServer(t, 'server3', [], { port: server.port });
    await terminal.stdout.textUntil('Connected to server');
    terminal.type(' 44\r');
    await terminal.stdout.textUntil('Server replied: 66');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('keeps the typed line on the screen above the message that the server has closed', async t => {
    const server = await startServer(t, 'server3');
    const terminal = client(t, server.port, [], { columns: 40 });
    const typed = `1${' + 1'.repeat(21)} + 7`;
    await terminal.stdout.textUntil(PROMPT);
    terminal.type(typed);
    await terminal.stdout.textUntil('+ 7');
    terminal.type(CTRL_A);
    await terminal.stdout.textUntil('\x1b[2A');
    server.signal('SIGTERM');
    const shown = await terminal.stdout.rest();
    const [toEnd, complaint] = shown.split('calcd: connection lost: ');
    assert.ok(toEnd?.endsWith(`${PROMPT}${typed}\x1b[10G\r\n`), JSON.stringify(toEnd));
    assert.match(complaint ?? '', /\(EOF\)\r\n$/);
    assert.equal(await terminal.exit(), 1);
  });

  it('shows replies without colour at a terminal with colours', async t => {
    const { port } = server3;
    const terminal = client(t, port, ['--color', 'always'], { env: {} });
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('22 + 44\r');
    await terminal.stdout.textUntil('\r\nServer replied: 66\r\n');
    terminal.type('1 / 0\r');
    await terminal.stdout.textUntil('\r\nServer replied: error: division by zero\r\n');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('keeps answers of the terminal and Ctrl+\\ out of the line', async t => {
    const { port } = server3;
    const terminal = client(t, port);
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('\x1b[24;80R22 +\x1c\x1b[?64;1;22c\x1b]11;rgb:ffff/ffff/ffff\x1b\\ 44\r');
    await terminal.stdout.textUntil('Server replied: 66\r\n');
    assert.equal(await terminal.type(CTRL_C).exit(), 0);
  });

  it('keeps a line that was half typed when SIGTERM comes', { skip: unlessLinux }, async t => {
    const { port } = server3;
    const stateFolder = temporaryFolder(t);
    const terminal = client(t, port, [], { stateFolder });
    await terminal.stdout.textUntil(PROMPT);
    terminal.type('22 +');
    await terminal.stdout.textUntil('22 +');
    process.kill(terminal.child, 'SIGTERM');
    assert.equal(await terminal.exit(), 143);
    assert.equal(readFileSync(join(stateFolder, 'calcd/history'), 'utf8'), '22 +\n');
  });
});

describe('the client at a terminal that obeys no escape sequences', {
  skip: unlessTerminals,
}, () => {
  for (const TERM of ['dumb', 'unknown', '']) {
    it(`leaves the line to the terminal: TERM=${TERM}`, async t => {
      let say: (text: string) => void = () => {};
      const port = await fakeServer(t, socket => {
        say = text => socket.write(text);
        answering(double)(socket);
      });
      const terminal = client(t, port, [], { env: { TERM } });
      let shown = await terminal.stdout.textUntil(PROMPT);
      terminal.type(`23${BACKSPACE}`);
      shown += await terminal.stdout.textUntil('23\b \b');
      say('Hello\n');
      shown += await terminal.stdout.textUntil(`\r\nServer says: Hello\r\n${PROMPT}`);
      terminal.type('1\n');
      shown += await terminal.stdout.textUntil(`1\r\nServer replied: 42\r\n${PROMPT}`);
      terminal.type(`99${CTRL_C}`);
      shown += await terminal.stdout.rest();
      assert.match(shown, /\^C\r\n$/);
      assert.ok(!shown.includes('\x1b'), JSON.stringify(shown));
      assert.equal(await terminal.exit(), 0);
    });
  }

  it('ends on Ctrl+D', async t => {
    const port = await fakeServer(t, answering(double));
    const terminal = client(t, port, [], { env: { TERM: 'dumb' } });
    await terminal.stdout.textUntil(PROMPT);
    assert.equal(await terminal.type(CTRL_D).exit(), 0);
  });

  it('reports that the server has closed, below the line that is being typed', async t => {
    const server = await startServer(t, 'server3');
    const terminal = client(t, server.port, [], { env: { TERM: 'dumb' } });
    await terminal.stdout.textUntil(PROMPT);
    server.signal('SIGTERM');
    assert.match(await terminal.stdout.rest(), /^\r\ncalcd: connection lost: .*\r\n$/);
    assert.equal(await terminal.exit(), 1);
  });
});
