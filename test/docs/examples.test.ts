/** Every example in README.md, docs/students.md and docs/protocol.md, run as it is written. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { calculate } from '../../src/calculator/calculate.ts';
import { calcd, run, startServer } from '../support/calcd.ts';
import { unlessInstalled } from '../support/installed.ts';
import { withPatienceForGreetings } from '../support/patched.ts';
import { Peer } from '../support/peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

/** What differs from run to run: ports, and the numbers of sockets. */
const normalise = (session: string): string =>
  session
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/(socket(?: number)?) \d+/g, '$1 N')
    .trim();

/** Its lines, without the drawing around them. */
function textOfPicture(svg: string): string {
  const lines = svg.split('\n').filter(line => line.startsWith('<text'));
  return lines.map(line => line.replace(/<[^>]*>/g, '')).join('\n');
}

describe('the sessions in README.md and docs/students.md', { concurrency: true }, () => {
  const pages = read('README.md') + read('docs/students.md');
  const sessions = [...pages.matchAll(/```console\n(?:\$ npm ci\n)?\$ (.*)\n([\s\S]*?)```/g)].map(
    ([, command, shown]) => ({ command: command as string, shown: shown as string }),
  );
  const sessionsOf = (start: string): string[] =>
    sessions.filter(({ command }) => command.startsWith(start)).map(({ shown }) => shown);

  for (const name of ['server1', 'server2', 'server3', 'server4']) {
    it(`show ${name}`, async t => {
      const [session] = sessionsOf(`npx calcd ${name}`) as [string];
      const server = await startServer(t, name);
      const messages = [...session.matchAll(/sent message: (.*)/g)].map(([, message]) =>
        (message as string).replace('\\n', ''),
      );
      const client = calcd(t, ['client', '127.0.0.1', String(server.port)]);
      client.type(messages.map(line => `${line}\n`).join('')).endInput();
      assert.equal(await client.exit(), 0);
      const shown = await server.stdout.linesUntil(/disconnected/);
      const listening = `Server listening on 127.0.0.1:${server.port}`;
      assert.equal(normalise([listening, ...shown].join('\n')), normalise(session));
    });
  }

  it('show a client, and a client that is refused', async t => {
    const [served, refused] = sessionsOf('npx calcd client 127') as [string, string];
    const { port } = await startServer(t, 'server1');
    const words = ['client', '127.0.0.1', String(port)];
    const lines = served.trim().split('\n');
    const [, message] = /to the server: (.*)/.exec(served) as unknown as [string, string];
    const client = calcd(t, words).type(`${message}\n`);
    assert.deepEqual(await client.stdout.lines(lines.length), lines);
    const second = calcd(t, words, {}, withPatienceForGreetings(t));
    const shown = (await second.stdout.rest()) + (await second.stderr.rest());
    assert.equal(normalise(shown), normalise(refused));
  });

  it('show what `check` reports', { skip: unlessInstalled('python3', '--version') }, async t => {
    const folder = temporaryFolder(t);
    cpSync('test/check/programs', folder, { recursive: true });
    const program = ['python3', join(folder, 'wrong', 'no-framing.py'), '{ip}', '{port}'];
    const check = calcd(t, ['check', 'server3', '--only', 'two-in-one', '--', ...program]);
    const report = await check.stdout.rest();
    const [shown] = sessionsOf('npx calcd check server3') as [string];
    assert.ok(report.includes(shown), report);
  });

  it('show a picture of what server and clients print', async t => {
    const picture = textOfPicture(read('docs/images/terminals.svg'));
    const messages = [...picture.matchAll(/^Client socket (\d+) sent message: (.*)$/gm)];
    const server = await startServer(t, 'server3');
    const clients = new Map<string, Peer>();
    const printed: string[] = [];
    const log = [...picture.matchAll(/^(?:Serving|Connected with|Client|Sending).*$/gm)].join('\n');
    for (const [, number = ''] of picture.matchAll(/client socket number (\d+)/g)) {
      clients.set(number, await server.connect());
      printed.push(...(await server.stdout.linesUntil(/^Connected with/)));
    }
    for (const [, number = '', message = ''] of messages) {
      await (clients.get(number) as Peer).ask(message);
    }
    const [, leaving = ''] = /^Client socket (\d+) disconnected/m.exec(picture) ?? [];
    await (clients.get(leaving) as Peer).close();
    printed.push(...(await server.stdout.linesUntil(/disconnected/)));
    assert.equal(normalise(printed.join('\n')), normalise(log));
  });

  it('run the echo of the library', async t => {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
    const program = code
      .replace('5000', '0')
      .replace('listen(16);', 'listen(16); console.log(listener.localAddress().port);');
    const echo = run(t, [execPath, '--input-type=module', '--eval', program]);
    const client = await Peer.connect(t, Number(await echo.stdout.line()));
    assert.equal(await client.ask('hello'), 'hello');
    client.halfClose();
    assert.equal(await echo.exit(), 0);
  });
});

describe('the examples of docs/protocol.md', () => {
  const rows = [...read('docs/protocol.md').matchAll(/^\| `([^`]*)` +\| `([^`]*)` +\|/gm)];
  assert.ok(rows.length >= 25);
  for (const [, message, reply] of rows as unknown as [string, string, string][]) {
    it(`${message} gives ${reply}`, () => {
      const answer = (): string => {
        try {
          return calculate(message);
        } catch (error) {
          return `error: ${(error as Error).message}`;
        }
      };
      assert.equal(answer(), reply);
    });
  }
});
