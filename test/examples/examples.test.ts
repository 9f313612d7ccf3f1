/** The examples, as a reader runs them: a process, and TCP clients. */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { run } from '../support/calcd.ts';
import { Peer } from '../support/peer.ts';

/** @returns its port. */
async function start(test: TestContext, example: string): Promise<number> {
  const { stdout } = run(test, [execPath, '--import', 'tsx', `examples/${example}`]);
  return Number(/^Listening on port (\d+)$/.exec(await stdout.line())?.[1]);
}

describe('the examples', () => {
  it('echo.ts sends back what it is sent, to one client after the other', async t => {
    const port = await start(t, 'echo.ts');
    const bytes = 'x'.repeat(200_000);
    const first = await Peer.connect(t, port);
    assert.equal(await first.send(bytes).halfClose().received.rest(), bytes);
    await (await Peer.connect(t, port)).reset();
    const second = await Peer.connect(t, port);
    assert.equal(await second.ask('hello'), 'hello');
  });

  it('chat.ts sends to all others what one sends, and goes on when one leaves', async t => {
    const port = await start(t, 'chat.ts');
    const one = await Peer.connect(t, port);
    const two = await Peer.connect(t, port);
    const last = await Peer.connect(t, port);
    last.send('here\n');
    for (const other of [one, two]) assert.match(await other.received.line(), /^\d+: here$/);
    one.send('hello\n');
    for (const other of [two, last]) assert.match(await other.received.line(), /^\d+: hello$/);
    await last.reset();
    two.send('bye\n');
    assert.match(await one.received.line(), /^\d+: bye$/);
  });
});
