/** Every example in README and docs/protocol.md, run as it is written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { calculate } from '../../src/calculator/calculate.ts';
import { calcd, type Server, startServer } from '../support/calcd.ts';
import { withPatienceForGreetings } from '../support/patched.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

/** What differs from run to run: ports, and the numbers of sockets. */
const normalise = (session: string): string =>
  session
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/(socket(?: number)?) \d+/g, '$1 N')
    .trim();

describe('the examples of README.md', { concurrency: true }, () => {
  const sessions = [...read('README.md').matchAll(/```console\n\$ (.*)\n([\s\S]*?)```/g)].map(
    ([, command, shown]) => ({ command: command as string, shown: shown as string }),
  );
  const sessionsOf = (start: string): string[] =>
    sessions.filter(({ command }) => command.startsWith(start)).map(({ shown }) => shown);
  const [clientSession, refusedSession] = sessionsOf('npx calcd client') as [string, string];

  for (const name of ['server1', 'server2', 'server3', 'server4']) {
    it(`shows a session of ${name}`, async t => {
      const [session] = sessionsOf(`npx calcd ${name}`) as [string];
      const server = await startServer(t, name);
      const messages = [...session.matchAll(/sent message: (.*)/g)].map(([, message]) =>
        (message as string).replace('\\n', ''),
      );
      const client = askFrom(server, messages);
      assert.equal(await client.exit(), 0);
      const shown = await server.stdout.linesUntil(/disconnected/);
      const listening = `Server listening on 127.0.0.1:${server.port}`;
      assert.equal(normalise([listening, ...shown].join('\n')), normalise(session));

      function askFrom({ port }: Server, lines: string[]): ReturnType<typeof calcd> {
        const words = ['client', '127.0.0.1', String(port)];
        return calcd(t, words)
          .type(lines.map(line => `${line}\n`).join(''))
          .endInput();
      }
    });
  }

  it('shows a session of the client, and of one that is refused', async t => {
    const { port } = await startServer(t, 'server1');
    const words = ['client', '127.0.0.1', String(port)];
    const lines = clientSession.trim().split('\n');
    const [, message] = /to the server: (.*)/.exec(clientSession) as unknown as [string, string];
    const client = calcd(t, words).type(`${message}\n`);
    assert.deepEqual(await client.stdout.lines(lines.length), lines);
    const refused = calcd(t, words, {}, withPatienceForGreetings(t));
    const shown = (await refused.stdout.rest()) + (await refused.stderr.rest());
    assert.equal(normalise(shown), normalise(refusedSession));
  });

  it('shows a first session', async t => {
    const [session] = sessionsOf('npx calcd try') as [string];
    const messages = [...session.matchAll(/to the server: (.*)/g)].map(([, message]) => message);
    const trying = calcd(t, ['try']).type(messages.join('\n')).endInput();
    const shown = (await trying.stdout.rest()).replace(/^Port \d+ is in use\n/gm, '');
    // The two sides are two processes: each one's lines are in order.
    for (const isOfThisSide of [isOfServer, (line: string) => !isOfServer(line)]) {
      const expected = linesOf(session).filter(isOfThisSide);
      assert.deepEqual(linesOf(shown).filter(isOfThisSide).slice(0, expected.length), expected);
    }

    function isOfServer(line: string): boolean {
      return line.startsWith('server │ ');
    }
    function linesOf(text: string): string[] {
      return normalise(text).split('\n');
    }
  });

  it('shows the client in a pipe', async t => {
    const piped = sessions.find(({ command }) => command.startsWith('printf'));
    const input = /printf '(.*)'/.exec(piped?.command ?? '')?.[1]?.replaceAll('\\n', '\n');
    const { port } = await startServer(t, 'server3');
    const client = calcd(t, ['client', '--quiet', '127.0.0.1', String(port)]);
    client.type(input as string).endInput();
    assert.equal(await client.stdout.rest(), piped?.shown);
  });

  it('shows the client with --eval', async t => {
    const { port } = await startServer(t, 'server3');
    const { command, shown } = sessions.find(({ command }) => command.includes('--eval')) ?? {};
    const lines = [...(command ?? '').matchAll(/--eval '(.*?)'/g)].map(
      ([, line]) => line as string,
    );
    const words = lines.flatMap(line => ['--eval', line]);
    const client = calcd(t, ['client', ...words, '127.0.0.1', String(port)]);
    assert.equal(await client.stdout.rest(), shown);
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
