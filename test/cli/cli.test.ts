/** The command line from outside: usage, help, exit codes, and the first thing a newcomer types. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { createProgram } from '../../src/command-line.ts';
import { COMMANDS } from '../../src/commands.ts';
import type { StandardStreams } from '../../src/terminal/standard-streams.ts';
import { CLI, calcd, startServer } from '../support/calcd.ts';
import { commandNamed } from '../support/commands.ts';
import { within } from '../support/deadline.ts';
import { fakeServer } from '../support/fake-server.ts';

/** One of each kind; arguments.unit.ts has all that words can be wrong in. */
const WRONG_USAGE: [words: string[], complaint: RegExp][] = [
  [[], /^Usage: calcd COMMAND \.\.\.\n\na calculator on a TCP socket/],
  [['serve'], /^calcd: unknown command 'serve'\n\(Did you mean one of server1, .*server4\?\)$/m],
  [['sevrer3'], /^calcd: unknown command 'sevrer3'\n\(Did you mean server3\?\)$/m],
  [['frobnicate'], /^calcd: unknown command 'frobnicate'\nTry 'calcd --help'\.\n$/],
  [['toString'], /^calcd: unknown command 'toString'\n/],
  [['help', 'frobnicate'], /^calcd: unknown command 'frobnicate'\n/],
  [
    ['server1'],
    /^calcd server1: missing required argument 'HOST'\nTry 'calcd server1 --help'\.\n$/,
  ],
  [['server1', '127.0.0.1', '99999'], /'99999' .* It must be a whole number from 0 to 65535\.$/m],
  [['server1', '127.0.0.1', 'http'], /^calcd server1: 'http' is invalid for argument 'PORT'\. /],
  [['server1', '::1', '5000'], /'::1' .* It is not an IPv4 address or host name\.$/m],
  [['server2', '--max-clients', '0', '127.0.0.1', '5000'], /'--max-clients <N>' argument '0'/],
  [['server1', '--idle-timeout', '0', '127.0.0.1', '5000'], /'--idle-timeout <S>' argument '0'/],
  [['server4', '--idle-timeout', '1.5', '127.0.0.1', '5000'], /'--idle-timeout <S>' argument/],
  [['server3', '--log', 'xml', '127.0.0.1', '5000'], /'xml' .* choices are text, json\.$/m],
  [['server3', '--loud', '127.0.0.1', '5000'], /'--loud'/],
  [['client', '127.0.0.1', '0'], /'0' .* It must be a whole number from 1 to 65535\.$/m],
  [['client', '--eval', '1\n2', '127.0.0.1', '5000'], /It must be one line/],
  [['client', '--timeout', '0', '127.0.0.1', '5000'], /'--timeout <S>' argument '0' is invalid/],
  [['client', '--timeout', 'soon', '127.0.0.1', '5000'], /'--timeout <S>' argument 'soon'/],
  [['client', '--color', 'red', '127.0.0.1', '5000'], /'--color <WHEN>' argument 'red'/],
  [['try', '127.0.0.1'], /'127\.0\.0\.1' .* Allowed choices are server1,/],
  [['--halp'], /^calcd: unknown option '--halp'\n\(Did you mean --help\?\)$/m],
  [['try', 'server1', 'server2'], /^calcd try: too many arguments/],
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

  for (const [name, { example }] of Object.entries(COMMANDS)) {
    it(`shows how to use ${name}`, async t => {
      const help = calcd(t, [name, '--help']);
      const text = await help.stdout.rest();
      assert.match(text, new RegExp(`^Usage: calcd ${name} `));
      assert.ok(text.startsWith(commandNamed(name).helpInformation()), text);
      assert.ok(example.includes(`calcd ${name}`));
      assert.ok(text.endsWith(`\n\nExample:\n  ${example}\n`));
      assert.ok(text.split('\n').every(line => line.length <= 80));
      assert.equal(await help.exit(), 0);
      assert.equal(await calcd(t, ['help', name]).stdout.rest(), text);
    });
  }

  it('prints its version and its commands', async t => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    assert.equal(await calcd(t, ['--version']).stdout.rest(), `${JSON.parse(manifest).version}\n`);
    const help = await calcd(t, ['--help']).stdout.rest();
    for (const [name, { example }] of Object.entries(COMMANDS)) {
      assert.match(help, new RegExp(`^  ${name} `, 'm'));
      assert.ok(help.includes(`\n  ${example}\n`), example);
    }
    assert.ok(help.split('\n').every(line => line.length <= 80));
  });

  it('shows its help as wide as the terminal', () => {
    for (const columns of [80, 120]) {
      const terminal = { output: { columns } } as StandardStreams;
      const client = commandNamed('client', createProgram(terminal));
      const widest = Math.max(
        ...client
          .helpInformation()
          .split('\n')
          .map(line => line.length),
      );
      assert.ok(widest > columns - 20 && widest <= columns, `${widest} of ${columns}`);
    }
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

/** A user that may not listen on a port below 1,024, as a rule. */
const ORDINARY_USER = 65_534;

function unlessPortsArePrivileged(): string | false {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const first = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  if (!existsSync(first)) return 'the system does not report which ports are privileged';
  if (Number(readFileSync(first, 'utf8')) < 2) return 'no port is privileged here';
  const { status } = spawnSync(execPath, [CLI, '--version'], {
    uid: ORDINARY_USER,
    gid: ORDINARY_USER,
  });
  return status !== 0 && 'an ordinary user may not read calcd here';
}

it('exits with 1 and one line for a port below 1,024 of an ordinary user', {
  skip: unlessPortsArePrivileged(),
}, async t => {
  const server = calcd(t, ['server3', '127.0.0.1', '1'], {
    uid: ORDINARY_USER,
    gid: ORDINARY_USER,
  });
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

  it('does not wait for a reader that has gone', async t => {
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
    it(`that does not exist is an error: calcd ${words.join(' ')}`, async t => {
      const lost = calcd(t, words);
      assert.match(
        await lost.stderr.rest(),
        /^calcd: cannot (connect|find host).*nowhere\.invalid.*\([A-Z_]+\); check the name, or .*\n$/,
      );
      assert.equal(await lost.exit(), 1);
    });
  }
});
