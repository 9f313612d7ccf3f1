/** The command line from outside: usage, help, exit codes, and the first thing a newcomer types. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { calcd } from '../support/calcd.ts';

const COMMANDS = ['server1', 'server2', 'server3', 'server4', 'client', 'check', 'try'];

const WRONG_USAGE: [words: string[], complaint: RegExp][] = [
  [[], /^calcd: a calculator on a TCP socket/],
  [['serve'], /^calcd: unknown command 'serve'/],
  [['server1'], /IP and PORT are missing/],
  [['server1', '127.0.0.1'], /PORT is missing/],
  [['server1', '127.0.0.1', '5000', '5001'], /unexpected argument '5001'/],
  [['server1', '127.0.0.1', '99999'], /port must be a whole number from 0 to 65535: '99999'/],
  [['server1', '127.0.0.1', '-1'], /'-1'/],
  [['server1', '127.0.0.1', '5e3'], /'5e3'/],
  [['server1', '127.0.0.1', '0x50'], /'0x50'/],
  [['server1', '127.0.0.1', ' 5000'], /' 5000'/],
  [['server1', '127.0.0.1', ''], /port must be/],
  [['server1', '::1', '5000'], /not an IPv4 address: '::1'/],
  [['server1', '127.1', '5000'], /not an IPv4 address: '127.1'/],
  [['server1', '--max-clients', '2', '127.0.0.1', '5000'], /--max-clients/],
  [['server2', '--max-clients', '0', '127.0.0.1', '5000'], /--max-clients must be/],
  [['server3', '--loud', '127.0.0.1', '5000'], /'--loud'/],
  [['client', '127.0.0.1', '0'], /port must be a whole number from 1 to 65535: '0'/],
  [['client', '--eval', '1\n2', '127.0.0.1', '5000'], /--eval takes one line/],
  [['client', '--timeout', '0', '127.0.0.1', '5000'], /--timeout must be/],
  [['client', '--timeout', 'soon', '127.0.0.1', '5000'], /--timeout must be .*'soon'/],
  [['client', '--color', 'red', '127.0.0.1', '5000'], /--color must be .*'red'/],
  [['try', '127.0.0.1'], /no such server: '127.0.0.1'/],
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

  for (const command of COMMANDS) {
    it(`tells how to use ${command}`, async t => {
      const help = calcd(t, [command, '--help']);
      const text = await help.stdout.rest();
      assert.match(text, new RegExp(`^Usage: calcd ${command} `));
      assert.match(text, new RegExp(`Example: calcd ${command}`));
      assert.ok(text.split('\n').every(line => line.length <= 80));
      assert.equal(await help.exit(), 0);
    });
  }

  it('tells its version and its commands', async t => {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    assert.equal(await calcd(t, ['--version']).stdout.rest(), `${JSON.parse(manifest).version}\n`);
    const help = await calcd(t, ['--help']).stdout.rest();
    for (const command of COMMANDS) assert.match(help, new RegExp(`^  ${command} `, 'm'));
  });

  const refusals: [what: string, address: string, complaint: RegExp][] = [
    ['of another machine', '192.0.2.1', /address not available \(EADDRNOTAVAIL\)$/],
    ['in use', '127.0.0.1', /address already in use \(EADDRINUSE\)$/],
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
