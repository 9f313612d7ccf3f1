/**
 * Servers with more than 256 descriptors, where the select loop looks at the active ones first, and
 * with more than 1,024: together with pauses, refusals and signals, which each change what the loop
 * has to look at. Once a single pause above 256 ended the server.
 */
import assert from 'node:assert/strict';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { run, type Server, startServer } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { crowded } from '../support/descriptors.ts';
import { unlessLinux } from '../support/installed.ts';
import type { Peer } from '../support/peer.ts';
import { Random } from '../support/random.ts';

const CLIENTS = 250;
const ROUNDS = 4;

/** Longest pause of a client between two messages: some pause while others do not. */
const LONGEST_PAUSE_MS = 400;

const SERVERS = [
  { name: 'server3', reply: '66' },
  { name: 'server4', reply: '22 + 44' },
] as const;

/** Servers of messages that a pause may end; a client of server2 costs a thread. */
const TAKE_PAUSES = [
  ['server2', 12],
  ['server3', CLIENTS],
] as const;

/** So many at once that some are ready at any moment: the active ones, as the loop sees them. */
const FLOOD = `
  const block = '2 + 2\\n'.repeat(10000);
  let replies = 0;
  for (let count = 0; count < 8; count++) {
    const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
    const pump = () => { while (socket.write(block)); };
    socket.on('connect', pump).on('drain', pump);
    socket.once('data', () => { if (++replies === 8) console.log('all are being answered'); }).resume();
  }`;

function connectAll(server: Server, count: number): Promise<Peer[]> {
  return Promise.all(Array.from({ length: count }, () => server.connect()));
}

/** The numbers of the clients' sockets, as the server's log shows them. */
async function numbersOf(server: Server, clients: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.length < clients) {
    const [line] = (await server.stdout.linesUntil(/^Connected/)).slice(-1);
    numbers.push(Number(/number (\d+)/.exec(line as string)?.[1]));
  }
  return numbers;
}

describe('with many descriptors', { concurrency: 2, skip: unlessLinux }, () => {
  for (const { around, inherited, skip } of crowded(CLIENTS / 2)) {
    if (around === 0) continue;

    for (const [name, clients] of TAKE_PAUSES) {
      const seed = Random.seed();
      it(`${name}, around ${around}: bare text from ${clients} clients at times of their own, SEED=${seed}`, {
        skip,
      }, async t => {
        const settings = { inherited: inherited + CLIENTS / 2 - clients / 2 };
        const server = await startServer(t, name, ['--quiet'], settings);
        const peers = await connectAll(server, clients);
        const numbers = await numbersOf(server, clients);
        assert.ok(Math.min(...numbers) < around && around < Math.max(...numbers), numbers.join());
        const talk = async (peer: Peer, random: Random): Promise<void> => {
          for (let round = 0; round < ROUNDS; round++) {
            await delay(random.below(LONGEST_PAUSE_MS));
            peer.send('2 + 2');
            assert.equal(await peer.received.line(), '4');
          }
        };
        await Promise.all(peers.map((peer, index) => talk(peer, new Random(seed + index))));
      });
    }

    for (const { name, reply } of SERVERS) {
      it(`${name}, around ${around}: full, with silent clients that are refused`, {
        skip,
      }, async t => {
        const options = ['--quiet', '--max-clients', String(CLIENTS)];
        const server = await startServer(t, name, options, { inherited });
        const peers = await connectAll(server, CLIENTS);
        // The last of them is answered: all are served, and the next are refused.
        for (const peer of peers) assert.equal(await peer.ask('22 + 44'), reply);
        const { descriptors } = server;
        const refused = await connectAll(server, 4);
        for (const peer of refused) {
          assert.match(await peer.received.line(), /^error: server busy/);
        }
        // They neither close nor say anything until the server gives them up.
        await eventually(() => server.descriptors === descriptors, 'them to be given up');
        for (const peer of peers) assert.equal(await peer.ask('22 + 44'), reply);
      });

      it(`${name}, around ${around}: clients that were silent are answered while others flood`, {
        skip,
      }, async t => {
        const server = await startServer(t, name, ['--quiet'], { inherited });
        const peers = await connectAll(server, CLIENTS);
        const flooding = run(t, [execPath, '-e', FLOOD, String(server.port)]);
        await flooding.stdout.line();
        for (const peer of peers.slice(-20)) assert.equal(await peer.ask('22 + 44'), reply);
        assert.equal(flooding.process.exitCode, null);
      });

      it(`${name}, around ${around}: signals`, { skip }, async t => {
        const server = await startServer(t, name, [], { inherited });
        const peers = await connectAll(server, CLIENTS + 20);
        for (const peer of peers) assert.equal(await peer.ask('22 + 44'), reply);
        for (const signal of ['SIGUSR2', 'SIGWINCH', 'SIGUSR2', 'SIGUSR2'] as const) {
          server.signal(signal);
          if (signal === 'SIGUSR2') await server.stdout.linesUntil(/^Served \d+ clients/);
        }
        for (const peer of peers) assert.equal(await peer.ask('22 + 44'), reply);
      });
    }
  }
});
