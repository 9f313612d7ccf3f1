/** What operators see: as text, as JSON, and the summary. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calcd, type Server, startServer } from '../support/calcd.ts';
import { Peer } from '../support/peer.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const SERVERS = [
  { name: 'server1', echoes: false },
  { name: 'server2', echoes: false },
  { name: 'server3', echoes: false },
  { name: 'server4', echoes: true },
];

type Line = Record<string, unknown>;

/** A line of `--log json`, its time checked and taken away. */
function parsed(line: string): Line {
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, TIME);
  return rest;
}

describe('the log as JSON', () => {
  for (const { name, echoes } of SERVERS) {
    it(`${name}: one JSON object per event, and a summary`, async t => {
      const server = calcd(t, [name, '--log', 'json', '127.0.0.1', '0']);
      const next = async (): Promise<Line> => parsed(await server.stdout.line());
      const { port, ...listening } = await next();
      assert.deepEqual(listening, { event: 'listening', host: '127.0.0.1' });
      if (name !== 'server1') assert.equal((await next()).event, 'capacity');

      const peer = await Peer.connect(t, port as number);
      const { socket, ...connected } = await next();
      const { localPort } = peer.socket;
      assert.deepEqual(connected, { event: 'connected', host: '127.0.0.1', port: localPort });
      const messages = ['22 + 44', '1 / 0', '\x1b\u009b\u2028"\\ \u{e0041}'];
      for (const message of messages) {
        const said = echoes ? `${message}\n` : message;
        const reply = await peer.ask(message);
        const bytes = Buffer.byteLength(said);
        assert.deepEqual(await next(), { event: 'message', socket, bytes, text: said });
        assert.equal((await next()).text, echoes ? said : reply);
      }
      server.signal('SIGUSR2');
      const { seconds, ...summary } = await next();
      const errors = echoes ? 0 : 2;
      assert.deepEqual(summary, { event: 'summary', clients: 1, refused: 0, messages: 3, errors });
      assert.ok((seconds as number) > 0);

      await peer.close();
      const reason = 'closed by the client';
      assert.deepEqual(await next(), { event: 'disconnected', socket, reason });
      server.signal('SIGTERM');
      assert.deepEqual(await next(), { event: 'stopping', reason: 'SIGTERM' });
      assert.equal((await next()).messages, 3);
      assert.deepEqual(await next(), { event: 'stopped' });
      assert.equal(await server.exit(), 0);
    });
  }

  it('holds nothing that a terminal obeys', async t => {
    const server = calcd(t, ['server3', '--log', 'json', '127.0.0.1', '0']);
    const { port } = parsed(await server.stdout.line());
    const peer = await Peer.connect(t, port as number);
    await peer.ask('\x07\x1b[2J\x7f\u009b\u202e\u2028\u{e0041}\u3164\u2800\ufe0f\u00a0');
    const line = (await server.stdout.linesUntil(/"message"/)).at(-1) as string;
    assert.match(line, /^[ -~]+$/);
  });
});

describe('the log of several threads', () => {
  it('keeps long lines of JSON apart in a pipe', async t => {
    const server = calcd(t, ['server2', '--log', 'json', '127.0.0.1', '0']);
    const { port } = parsed(await server.stdout.line());
    const peers = [];
    for (let count = 0; count < 4; count++) peers.push(await Peer.connect(t, port as number));
    const messages = ['7'.repeat(4096), '\x01'.repeat(700), '\u2028'.repeat(1365)];
    for (let round = 0; round < 10; round++) {
      for (const message of messages) for (const peer of peers) peer.send(`${message}\n`);
    }
    for (const peer of peers) await peer.received.lines(30);
    // All of them before the server stops: what the pipe has not taken by then is lost.
    for (let messages = 0; messages < 4 * 30; ) {
      const line = await server.stdout.line();
      assert.ok(line.length < 4096);
      if (parsed(line).event === 'message') messages++;
    }
    server.signal('SIGTERM');
    const rest = (await server.stdout.rest()).trimEnd().split('\n');
    assert.ok(rest.every(line => line.length < 4096 && parsed(line).event !== 'message'));
  });
});

describe('the log as text', () => {
  it('begins with the time, and has a colour for each client, when so asked', async t => {
    const server = calcd(t, ['server3', '--timestamps', '--color', 'always', '127.0.0.1', '0']);
    const listening = await server.stdout.line();
    const peers = [];
    for (let count = 0; count < 2; count++) {
      peers.push(await Peer.connect(t, Number(/:(\d+)$/.exec(listening)?.[1])));
    }
    for (const peer of peers) await peer.ask('22 + 44');
    server.signal('SIGTERM');
    const lines = (await server.stdout.rest()).trimEnd().split('\n');
    for (const line of [listening, ...lines]) assert.match(line.split(' ')[0] as string, TIME);
    const said = lines.filter(line => line.endsWith('[39m: 22 + 44'));
    const colours = said.map(line => /\[(\d+)m/.exec(line)?.[1]);
    assert.equal(new Set(colours).size, 2);
  });

  it('is plain, and ends with a summary', async t => {
    const server: Server = await startServer(t, 'server1');
    const peer = await server.connect();
    await peer.ask('22 + 44');
    const refused = await server.connect();
    await refused.received.rest();
    server.signal('SIGTERM');
    const lines = (await server.stdout.rest()).trimEnd().split('\n');
    assert.equal(lines.at(-1), 'Server stopped');
    assert.match(lines.at(-2) as string, /^Served 1 client, refused 1 in \d+ s: 1 message$/);
    assert.ok(lines.every(line => /^[ -~]+$/.test(line)));
  });
});

describe('the lines of a log that is read late', () => {
  const MESSAGES = 5000;
  // What the echo server shows are pieces, and too few of them.
  for (const { name } of SERVERS.filter(({ echoes }) => !echoes)) {
    it(`${name}: each is there, or counted`, async t => {
      const server = await startServer(t, name);
      const { stdout } = server.process;
      stdout?.pause();
      for (let client = 0; client < 3; client++) {
        const peer = await server.connect();
        peer.send('1 + 1\n'.repeat(MESSAGES)).halfClose();
        await peer.received.rest();
        await peer.close();
      }
      stdout?.resume();
      const lines = await server.stdout.linesUntil(/lines not logged/);
      // It has caught up: the summary is not dropped.
      server.signal('SIGUSR2');
      lines.push(...(await server.stdout.linesUntil(/^Served 3 clients/)));
      const ofMessages = lines.filter(line => /sent message|Sending reply/.test(line)).length;
      const said = Number(/: (\d+) messages/.exec(lines.at(-1) as string)?.[1]);
      const left = lines.filter(line => /disconnected/.test(line)).length;
      const others = lines.filter(line => /^Connected/.test(line)).length + left;
      const notes = lines.map(line => Number(/^\((\d+) lines not logged/.exec(line)?.[1] ?? 0));
      const dropped = notes.reduce((sum, count) => sum + count, 0);
      assert.equal(ofMessages + others + dropped, 2 * said + 6, lines.slice(-5).join('\n'));
    });
  }
});
