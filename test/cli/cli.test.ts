/** The command line from outside: usage, help, exit codes, and the first thing a newcomer types. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { commandHelp } from '../../src/help.ts';
import { type CommandName, USAGES } from '../../src/usage.ts';
import { CLI, calcd, startServer } from '../support/calcd.ts';
import { within } from '../support/deadline.ts';
import { fakeServer } from '../support/fake-server.ts';

const COMMANDS = Object.entries(USAGES);

/** One of each kind; arguments.unit.ts has all that words can be wrong in. */
const WRONG_USAGE: [words: string[], complaint: RegExp][] = [
  [[], /^calcd: a calculator on a TCP socket/],
  [['serve'], /^calcd: unknown command 'serve' \(did you mean 'server1' or .*'server4'\?\)$/m],
  [['sevrer3'], /^calcd: unknown command 'sevrer3' \(did you mean 'server3'\?\)$/m],
  [['frobnicate'], /^calcd: unknown command 'frobnicate'\nTry 'calcd --help'\.$/m],
  [['server1'], /HOST and PORT are missing/],
  [['server1', '127.0.0.1', '99999'], /port must be a whole number from 0 to 65535: '99999'/],
  [['server1', '::1', '5000'], /not an IPv4 address or host name: '::1'/],
  [['server2', '--max-clients', '0', '127.0.0.1', '5000'], /--max-clients must be/],
  [['server1', '--idle-timeout', '0', '127.0.0.1', '5000'], /--idle-timeout must be/],
  [['server4', '--idle-timeout', '1.5', '127.0.0.1', '5000'], /--idle-timeout must be/],
  [['server3', '--log', 'xml', '127.0.0.1', '5000'], /--log must be text, json: 'xml'/],
  [['server3', '--loud', '127.0.0.1', '5000'], /'--loud'/],
  [['client', '127.0.0.1', '0'], /port must be a whole number from 1 to 65535: '0'/],
  [['client', '--eval', '1\n2', '127.0.0.1', '5000'], /--eval takes one line/],
  [['client', '--timeout', '0', '127.0.0.1', '5000'], /--timeout must be/],
  [['client', '--timeout', 'soon', '127.0.0.1', '5000'], /--timeout must be .*'soon'/],
  [['client', '--color', 'red', '127.0.0.1', '5000'], /--color must be .*'red'/],
  [['try', '127.0.0.1'], /no such server: '127.0.0.1'/],
  [['try', 'sevrer2'], /no such server: 'sevrer2' \(did you mean 'server2'\?\)/],
  [['--halp'], /^calcd: unknown command '--halp' \(did you mean '--help'\?\)$/m],
  [['try', 'server1', 'server2'], /unexpected argument 'server2'/],
];

describe('the command line', () => {
  for (const [words, complaint] of WRONG_USAGE) {
    it(`exits with 2 and explains: calcd ${words.join(' ')}`, async t => {
      const wrong = calcd(t, words);
      const explained = await wrong.stderr.rest();
      assert.match(explained, complaint);
      assert.doesNotMatch(explained, /^\s+at /m);
      assert.equal(await wrong.stdout.rest(), '');
      assert.equal(await wrong.exit(), 2);
    });
  }

  for (const [command, { example }] of COMMANDS) {
    it(`tells how to use ${command}`, () => {
      const text = commandHelp(command as CommandName);
      assert.match(text, new RegExp(`^Usage: calcd ${command} `));
      assert.ok(example.includes(`calcd ${command}`));
      assert.ok(text.endsWith(`\nExample: ${example}`));
      assert.ok(text.split('\n').every(line => line.length <= 80));
    });
  }

  it('prints how to use a command', async t => {
    const help = calcd(t, ['server2', '--help']);
    assert.equal(await help.stdout.rest(), `${commandHelp('server2')}\n`);
    assert.equal(await help.exit(), 0);
  });

  it('prints the same for help and a command', async t => {
    const help = calcd(t, ['help', 'server2']);
    assert.equal(await help.stdout.rest(), `${commandHelp('server2')}\n`);
    assert.equal(await help.exit(), 0);
  });

  it('tells its version and its commands', async t => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    assert.equal(await calcd(t, ['--version']).stdout.rest(), `${JSON.parse(manifest).version}\n`);
    const help = await calcd(t, ['--help']).stdout.rest();
    for (const [command, { example }] of COMMANDS) {
      assert.match(help, new RegExp(`^  ${command} `, 'm'));
      assert.ok(help.includes(`\n  ${example}\n`), example);
    }
    assert.ok(help.split('\n').every(line => line.length <= 80));
  });

  const refusals: [what: string, address: string, complaint: RegExp][] = [
    [
      'of another machine',
      '192.0.2.1',
      /address not available \(EADDRNOTAVAIL\); .*choose 127\.0\.0\.1/,
    ],
    ['in use', '127.0.0.1', /address already in use \(EADDRINUSE\); choose another port, or/],
  ];
  for (const [what, host, complaint] of refusals) {
    it(`exits with 1 and one line for an address ${what}`, async t => {
      const holder = createServer().listen(0, '127.0.0.1');
      t.after(() => holder.close());
      await new Promise(resolve => holder.once('listening', resolve));
      const { port } = holder.address() as { port: number };
      const server = calcd(t, ['server3', host, String(port)]);
      const lines = (await server.stderr.rest()).trimEnd().split('\n');
      assert.equal(lines.length, 1);
      assert.match(lines[0] as string, complaint);
      assert.equal(await server.exit(), 1);
    });
  }
});

/** Whom no port below 1,024 is for, as a rule. */
const NOBODY = 65_534;

function unlessPortsArePrivileged(): string | false {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const first = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  if (!existsSync(first)) return 'the system does not say which ports are privileged';
  if (Number(readFileSync(first, 'utf8')) < 2) return 'no port is privileged here';
  const { status } = spawnSync(execPath, [CLI, '--version'], { uid: NOBODY, gid: NOBODY });
  return status !== 0 && 'an ordinary user may not read calcd here';
}

it('exits with 1 and one line for a port below 1,024 of an ordinary user', {
  skip: unlessPortsArePrivileged(),
}, async t => {
  const server = calcd(t, ['server3', '127.0.0.1', '1'], { uid: NOBODY, gid: NOBODY });
  assert.equal(
    await server.stderr.rest(),
    'calcd: cannot listen on 127.0.0.1:1: permission denied (EACCES); ' +
      'ports below 1024 need privileges: choose a higher one\n',
  );
  assert.equal(await server.exit(), 1);
});

describe('the end of the process', () => {
  it('waits until a slow reader has taken all of a reply', async t => {
    const reply = `${'9'.repeat(1_000_000)}\n`;
    let left: () => void;
    const hasLeft = new Promise<void>(resolve => {
      left = resolve;
    });
    const port = await fakeServer(t, socket => {
      socket.on('data', () => socket.end(reply));
      socket.on('close', () => left());
    });
    const asking = calcd(t, ['client', '--quiet', '127.0.0.1', String(port)]);
    asking.process.stdout?.pause();
    asking.type('1\n').endInput();
    await within(hasLeft, 'the end of the connection');
    asking.process.stdout?.resume();
    assert.equal((await asking.stdout.rest()).length, reply.length);
    assert.equal(await asking.exit(), 0);
  });

  it('waits for nobody when the reader has gone', async t => {
    const { port } = await startServer(t, 'server3');
    const asking = calcd(t, ['client', '--quiet', '127.0.0.1', String(port)]);
    asking.type('1 + 1\n');
    assert.equal(await asking.stdout.line(), '2');
    asking.process.stdout?.destroy();
    asking.type('2 + 2\n'.repeat(100));
    assert.equal(await asking.exit(), 0);
  });
});

describe('a host name', () => {
  it('is looked up, by servers and clients', async t => {
    const server = calcd(t, ['server3', 'localhost', '0']);
    const [, port] = /^Server listening on 127\.\d+\.\d+\.\d+:(\d+)$/.exec(
      await server.stdout.line(),
    ) as unknown as [string, string];
    const client = calcd(t, ['client', '--quiet', `localhost.:${port}`]);
    client.type('22 + 44\n').endInput();
    assert.equal(await client.stdout.rest(), '66\n');
    assert.equal(await client.exit(), 0);
  });

  for (const words of [
    ['client', 'nowhere.invalid', '5000'],
    ['server1', 'nowhere.invalid', '5000'],
  ]) {
    it(`that does not exist is an error that says so: calcd ${words.join(' ')}`, async t => {
      const lost = calcd(t, words);
      assert.match(
        await lost.stderr.rest(),
        /^calcd: cannot (connect|find host).*nowhere\.invalid.*\([A-Z_]+\); check the name, or .*\n$/,
      );
      assert.equal(await lost.exit(), 1);
    });
  }
});
