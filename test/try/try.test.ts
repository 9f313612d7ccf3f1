/** `calcd try` from outside: the first thing a newcomer types. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calcd } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { unlessLinux } from '../support/installed.ts';
import { Peer } from '../support/peer.ts';
import { occupy } from '../support/ports.ts';
import { atTerminal, CTRL_C, CTRL_D, unlessTerminals } from '../support/terminal.ts';

const PROMPT = 'Please enter the message to the server: ';

describe('calcd try', () => {
  it('answers a pipe and ends with 0, its server with it', { skip: unlessLinux }, async t => {
    const trying = calcd(t, ['try']).type('22 + 44\n');
    const shown = await trying.stdout.linesUntil(/^Server replied: 66$/);
    assert.match(shown.join('\n'), /^server │ Server listening on 127\.0\.0\.1:50\d\d$/m);
    assert.match(shown.join('\n'), /^server │ Client socket \d+ sent message: 22 \+ 44$/m);
    const server = trying.child;
    assert.equal(await trying.endInput().exit(), 0);
    await eventually(() => !isAlive(server), 'the server to be gone');
  });

  it('takes the next port when one is in use, and reports it', async t => {
    await occupy(t, 5000);
    const trying = calcd(t, ['try']).type('1 + 1').endInput();
    const shown = (await trying.stdout.rest()).split('\n');
    assert.ok(shown.includes('Port 5000 is in use'), shown.join('\n'));
    assert.ok(shown.includes('Server replied: 2'), shown.join('\n'));
    assert.equal(await trying.exit(), 0);
  });

  it('echoes with server4', async t => {
    const trying = calcd(t, ['try', 'server4']).type('22 + 44').endInput();
    assert.match(await trying.stdout.rest(), /^Server replied: 22 \+ 44$/m);
    assert.equal(await trying.exit(), 0);
  });

  it('leaves no server behind when it is killed', { skip: unlessLinux }, async t => {
    const trying = calcd(t, ['try']);
    await trying.stdout.linesUntil(/^Connected to server$/);
    const server = trying.child;
    assert.equal(await trying.signal('SIGKILL').exit(), 'SIGKILL');
    await eventually(() => !isAlive(server), 'the server to be gone');
  });

  it('exits with 1 when its server dies', { skip: unlessLinux }, async t => {
    const trying = calcd(t, ['try']);
    await trying.stdout.linesUntil(/^Connected to server$/);
    process.kill(trying.child, 'SIGKILL');
    assert.match(await trying.stderr.rest(), /^calcd: (connection lost|no session): .*\n$/);
    assert.equal(await trying.exit(), 1);
  });

  it("shows the server's lines above what is typed", { skip: unlessTerminals }, async t => {
    const trying = atTerminal(t, ['try']);
    const listening = await trying.stdout.textUntil(PROMPT);
    trying.type('22 +');
    await trying.stdout.textUntil('22 +');
    await Peer.connect(t, Number(/listening on .*:(\d+)/.exec(listening)?.[1]));
    const shown = await trying.stdout.textUntil(`${PROMPT}22 +`);
    assert.match(shown, /server │ Connected with client socket number \d+ /);
    trying.type(' 44\r');
    await trying.stdout.textUntil('Server replied: 66\r\n');
    await trying.stdout.textUntil(PROMPT);
    trying.type(CTRL_C);
    const ending = await trying.stdout.rest();
    assert.match(ending, /server │ .*SIGINT/);
    assert.match(ending, /server │ Server stopped\r\n$/);
    assert.equal(await trying.exit(), 0);
  });

  it('stops its server at the end of the input', { skip: unlessTerminals }, async t => {
    const trying = atTerminal(t, ['try']);
    await trying.stdout.textUntil(PROMPT);
    const ending = await trying.type(CTRL_D).stdout.rest();
    assert.match(ending, /server │ end of standard input: shutting down/);
    assert.match(ending, /server │ Server stopped\r\n$/);
    assert.equal(await trying.exit(), 0);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
