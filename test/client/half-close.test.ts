/** When the client half-closes: many servers disconnect a client that has done so. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { calcd } from '../support/calcd.ts';
import { DEADLINE_MS, eventually } from '../support/deadline.ts';
import { fakeServer } from '../support/fake-server.ts';
import { patched } from '../support/patched.ts';

/** Longer than a client needs to half-close after its last line. */
const THINKS_MS = 150;

/** Replies `x` to each line, after a while, unless the client has ended its direction by then. */
function servingUntilHalfClose(noteEnd: () => void): (socket: Socket) => void {
  return socket => {
    let [rest, due] = ['', 0];
    const reply = (): void => {
      if (!socket.destroyed) socket.write('x\n'.repeat(due));
      due = 0;
    };
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\n');
      rest = lines.pop() as string;
      if (due === 0) setTimeout(reply, THINKS_MS);
      due += lines.length;
    });
    socket.on('end', () => {
      noteEnd();
      socket.destroy();
    });
  };
}

describe('the client half-closes after the last reply, and not before', () => {
  const RUNS: [how: string, options: string[], input: string, replies: number][] = [
    ['--eval', ['--eval', '1', '--eval', '2'], '', 2],
    ['a pipe', ['--quiet'], '1\n2', 2],
    ['a session in a pipe', [], '1\n2\n', 2],
    ['--json', ['--json'], '1\n2\n', 2],
  ];
  for (const [how, options, input, replies] of RUNS) {
    it(how, async t => {
      let ends = 0;
      const port = await fakeServer(
        t,
        servingUntilHalfClose(() => ends++),
      );
      const asking = calcd(t, ['client', ...options, '127.0.0.1', String(port)])
        .type(input)
        .endInput();
      const shown = await asking.stdout.rest();
      assert.equal(shown.match(/x/g)?.length, replies, shown);
      assert.equal(await asking.exit(), 0);
      await eventually(() => ends === 1, 'the end of what the client sends');
    });
  }

  it('without a reset, though the server sends more than its reply', async t => {
    const endings: string[] = [];
    const port = await fakeServer(t, socket => {
      socket.on('data', () => {
        socket.write('x\n', () => setTimeout(() => socket.write('bye\n'), 2));
      });
      socket.on('error', ({ message }) => endings.push(message));
      socket.on('end', () => endings.push('end'));
    });
    const asking = calcd(t, ['client', '--eval', '1', '127.0.0.1', String(port)]);
    assert.equal(await asking.exit(), 0);
    await eventually(() => endings.length > 0, 'the end of the connection');
    assert.deepEqual(endings, ['end']);
  });

  it('and does not wait for a server that sends without end', async t => {
    const cli = patched(t, 'client.js', { CLOSING_MS: 10 * DEADLINE_MS });
    const port = await fakeServer(t, socket => {
      socket.on('data', () => socket.write('x\n'));
      const flood = (): void => {
        while (!socket.destroyed && socket.write('x\n'.repeat(32_768)));
      };
      socket.on('end', flood).on('drain', flood);
    });
    const asking = calcd(t, ['client', '--eval', '1', '127.0.0.1', String(port)], {}, cli);
    assert.equal(await asking.exit(), 0);
  });

  it('in a pipelined run', async t => {
    const lines = 3000;
    let pipelined = false;
    const port = await fakeServer(t, socket => {
      let [rest, count] = ['', 0];
      socket.on('data', bytes => {
        const some = (rest + bytes).split('\n');
        rest = some.pop() as string;
        count += some.length;
        if (some.length > 100) pipelined = true;
        const reply = (): boolean => socket.write('x\n'.repeat(some.length));
        // Only the last replies take a while.
        if (count < lines) reply();
        else setTimeout(() => socket.destroyed || reply(), THINKS_MS);
      });
      socket.on('end', () => socket.destroy());
    });
    const asking = calcd(t, ['client', '--quiet', '127.0.0.1', String(port)])
      .type('11\n'.repeat(lines))
      .endInput();
    assert.equal(await asking.stdout.rest(), 'x\n'.repeat(lines));
    assert.equal(await asking.exit(), 0);
    assert.ok(pipelined);
  });
});
