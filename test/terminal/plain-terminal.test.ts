/** Terminals that obey no escape sequences: no command prints one. (The client: client/prompt.test.ts.) */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { CLI } from '../support/calcd.ts';
import { unlessLinux } from '../support/installed.ts';
import { Peer } from '../support/peer.ts';
import { atTerminal, CTRL_C, unlessTerminals } from '../support/terminal.ts';

const ESCAPE = '\x1b';

/** What each prints has escape sequences on the one and none on the other. */
const KINDS = [
  ['xterm', true],
  ['dumb', false],
] as const;

for (const [TERM, hasEscapes] of KINDS) {
  describe(`at a terminal, TERM=${TERM}`, { skip: unlessTerminals || unlessLinux }, () => {
    const verb = hasEscapes ? 'uses' : 'uses no';
    const env = { TERM };

    it(`a server ${verb} escape sequences`, async t => {
      const server = atTerminal(t, ['server3', '127.0.0.1', '0'], { env });
      let shown = await server.stdout.textUntil('Serving');
      const peer = await Peer.connect(t, Number(/ .*:(\d+)/.exec(shown)?.[1]));
      peer.send('1 + 1\n');
      assert.equal(await peer.received.line(), '2');
      server.type(CTRL_C);
      shown += await server.stdout.rest();
      assert.match(shown, /sent message.*: 1 \+ 1\r\n/);
      assert.equal(shown.includes(ESCAPE), hasEscapes, JSON.stringify(shown));
      assert.equal(await server.exit(), 0);
    });

    it(`calcd try ${verb} escape sequences`, async t => {
      const trying = atTerminal(t, ['try'], { env });
      let shown = await trying.stdout.textUntil('Please enter the message to the server: ');
      trying.type('22 + 44\r');
      shown += await trying.stdout.textUntil('Server replied: 66\r\n');
      trying.type(CTRL_C);
      shown += await trying.stdout.rest();
      assert.equal(shown.includes(ESCAPE), hasEscapes, JSON.stringify(shown));
      assert.equal(await trying.exit(), 0);
    });

    it(`calcd check ${verb} escape sequences`, async t => {
      const judged = [execPath, CLI, 'server3', '{ip}', '{port}'];
      const words = ['check', 'server3', '--only', 'answers', '--', ...judged];
      const checking = atTerminal(t, words, { env });
      const shown = await checking.stdout.rest();
      assert.match(shown, /✓/);
      assert.equal(shown.includes(ESCAPE), hasEscapes, JSON.stringify(shown));
      assert.equal(await checking.exit(), 0);
    });
  });
}
