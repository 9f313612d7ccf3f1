/**
 * The threads of server2: how long they live, what happens when they fail, and that a descriptor
 * never belongs to two of them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { IDLE_THREADS, STARTS_AT_A_TIME } from '../../src/serving/limits.ts';
import { CLI, run, Server } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { patched } from '../support/patched.ts';
import type { Peer } from '../support/peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BUNDLE = 'server2.js';
const CROWD = 12;

/** What a thread opens for its event loop and log. */
const DESCRIPTORS_OF_A_THREAD = 6;

async function start(test: TestContext, cli = CLI, preload?: string): Promise<Server> {
  const before = preload ? ['--require', fileOf(test, preload)] : [];
  const words = [...before, cli, 'server2', '--quiet', '127.0.0.1', '0'];
  const process = spawn(execPath, words);
  test.after(() => process.kill('SIGKILL'));
  const server = new Server(test, process);
  await server.waitUntilItListens();
  return server;
}

function fileOf(test: TestContext, text: string): string {
  const directory = temporaryFolder(test);
  const file = join(directory, 'file.cjs');
  writeFileSync(file, text);
  return file;
}

/**
 * A client comes, asks without a line end, and goes.
 * @returns the line it received, or nothing when the server ended the connection without.
 */
async function visit(server: Server): Promise<string> {
  const [reply] = await visitTogether(server, 1);
  return reply as string;
}

/** Several clients, none of which goes before all have their replies: none gets another's thread. */
async function visitTogether(server: Server, clients: number): Promise<string[]> {
  const peers = await Promise.all(Array.from({ length: clients }, () => server.connect()));
  const replies = await Promise.all(
    peers.map(peer => {
      const line = peer.send('22 + 44').received.line();
      return line.catch(() => peer.received.rest());
    }),
  );
  for (const peer of peers) peer.socket.destroy();
  return replies;
}

async function crowd(server: Server, clients: number): Promise<void> {
  const peers = await Promise.all(Array.from({ length: clients }, () => server.connect()));
  for (const peer of peers) assert.equal(await peer.ask('22 + 44'), '66');
  await Promise.all(peers.map((peer: Peer) => peer.close()));
}

describe('the threads of server2', { skip: unlessLinux }, () => {
  it('end with their client at first', async t => {
    const server = await start(t, patched(t, BUNDLE, { IDLE_THREAD_MS: 1e9 }));
    const { threads } = server;
    await crowd(server, CROWD);
    await eventually(() => server.threads <= threads + IDLE_THREADS, 'the threads to end');
  });

  it('then serve one client after another, without a thread more', async t => {
    const server = await start(
      t,
      patched(t, BUNDLE, { THREADS_BEFORE_REUSE: 0, IDLE_THREAD_MS: 1e9 }),
    );
    const { threads } = server;
    await crowd(server, CROWD);
    for (let count = 0; count < 50; count++) assert.equal(await visit(server), '66');
    await crowd(server, CROWD);
    assertOfOneCrowd(server.threads - threads);
  });

  it('end when they have been idle for long, all but a few', async t => {
    const server = await start(
      t,
      patched(t, BUNDLE, { THREADS_BEFORE_REUSE: 0, IDLE_THREAD_MS: 200 }),
    );
    const { threads, descriptors } = server;
    for (let count = 0; count < 2; count++) {
      await crowd(server, CROWD);
      const most = threads + IDLE_THREADS;
      await eventually(() => server.threads <= most, 'the idle threads to end');
      await eventually(
        () => server.descriptors <= descriptors + IDLE_THREADS * DESCRIPTORS_OF_A_THREAD,
        'their descriptors to be closed',
      );
    }
    assert.equal(await visit(server), '66');
  });

  it('are kept when as many have ended as may', async t => {
    // Where ended threads may leave nothing behind, none may end.
    const cli = patched(t, BUNDLE, { IDLE_THREAD_MS: 200, ENDED_THREADS_SHARE: 0 });
    const server = await start(t, cli);
    const { threads } = server;
    await crowd(server, CROWD);
    for (let count = 0; count < 50; count++) assert.equal(await visit(server), '66');
    await crowd(server, CROWD);
    assertOfOneCrowd(server.threads - threads);
  });
});

/** At first there was a spare thread, or it was about to start; so it may be at the end. */
function assertOfOneCrowd(more: number): void {
  assert.ok(more >= CROWD - 1 && more <= CROWD + STARTS_AT_A_TIME, `${more} threads more`);
}

/** What a program does that is loaded in every third thread. */
function inThirdThreads(program: string): string {
  return `
    const { isMainThread, parentPort, threadId } = require('node:worker_threads');
    if (!isMainThread && threadId % 3 === 0) { ${program} }`;
}

/** The `nth` call of a C function fails. */
function failingCall(name: string, nth: number, errno: string): string {
  return inThirdThreads(`
    const koffi = require(${JSON.stringify(join(CLI, '../../node_modules/koffi'))});
    const { load } = koffi;
    let calls = 0;
    koffi.load = (...words) => {
      const library = load(...words);
      const func = library.func.bind(library);
      const value = (declaration, ...rest) => {
        const real = func(declaration, ...rest);
        if (!/\\b${name}\\b/.test(declaration)) return real;
        return (...values) => {
          if (++calls !== ${nth}) return real(...values);
          injected();
          koffi.errno(koffi.os.errno.${errno});
          return -1;
        };
      };
      return Object.defineProperty(library, 'func', { value });
    };`);
}

/** Threads that fail, by the Node program that makes them. */
const FAILING_THREADS: Record<string, string> = {
  'cannot be made': `
    const workers = require('node:worker_threads');
    let made = 0;
    workers.Worker = class extends workers.Worker {
      constructor(...words) {
        if (++made % 3 === 0) {
          injected();
          throw new Error('ERR_WORKER_INIT_FAILED for a test');
        }
        super(...words);
      }
    };
    require('node:module').syncBuiltinESMExports();`,
  'fail when they start': inThirdThreads("injected(); throw new Error('thrown for a test');"),
  'run out of memory when they start': inThirdThreads(`
    injected();
    const hoard = [];
    for (;;) hoard.push(new Array(1e5).fill({}));`),
  'end while they are idle': inThirdThreads(
    'setTimeout(() => { injected(); process.exit(); }, 50);',
  ),
  'end when they are given a client': inThirdThreads(
    "parentPort.once('message', () => { injected(); process.exit(); });",
  ),
};

const FAILING_CALLS: [name: string, nth: number, errno: string][] = [
  ['recv', 1, 'ENOMEM'],
  ['recv', 1, 'ETIMEDOUT'],
  ['recv', 2, 'EHOSTUNREACH'],
  ['recv', 2, 'ENOTCONN'],
  ['send', 1, 'ENOBUFS'],
  ['send', 1, 'EPIPE'],
  // The first is made before the thread has a client.
  ['select', 1, 'ENOMEM'],
  ['select', 2, 'ENOMEM'],
  ['select', 2, 'EINTR'],
  ['fcntl', 1, 'ENOMEM'],
];

describe('server2 serves on', { skip: unlessLinux }, () => {
  const failures = [
    ...Object.entries(FAILING_THREADS).map(([how, preload]) => [`threads ${how}`, preload]),
    ...FAILING_CALLS.map(([name, nth, errno]) => [
      `call ${nth} of ${name} in a thread fails with ${errno}`,
      failingCall(name, nth, errno),
    ]),
  ] as const;
  for (const [what, preload] of failures) {
    it(`when ${what}`, async t => {
      const marks = fileOf(t, '');
      const mark = `const injected = () => require('node:fs').appendFileSync('${marks}', '.');`;
      const server = await start(t, CLI, `${mark}${preload}`);
      const replies = new Map<string, number>();
      for (let round = 0; round < 4; round++) {
        for (const reply of await visitTogether(server, 3)) {
          replies.set(reply, (replies.get(reply) ?? 0) + 1);
        }
      }
      for (const reply of replies.keys()) {
        assert.match(reply, /^(66)?$|^error: server busy: no thread could be started/);
      }
      assert.ok((replies.get('66') ?? 0) >= 3, JSON.stringify([...replies]));
      assert.notEqual(readFileSync(marks, 'utf8'), '', 'it was not injected');
      server.signal('SIGTERM');
      assert.equal(await server.exit(), 0);
      assert.equal(await server.stderr.rest(), '');
    });
  }
});

describe('a descriptor of server2', {
  skip: unlessLinux || unlessInstalled('strace', '-e', 'inject=getppid:error=EPERM', 'true'),
}, () => {
  it('belongs to one client, one thread at a time, until the main thread closes it', async t => {
    const server = await start(t, patched(t, BUNDLE, { THREADS_BEFORE_REUSE: 5 }));
    const calls = 'trace=accept4,close,recvfrom,sendto,shutdown';
    const file = fileOf(t, '');
    const trace = run(t, ['strace', '-f', '-o', file, '-e', calls, '-p', String(server.pid)]);
    await trace.stderr.linesUntil(/attached/);
    const rounds = Array.from({ length: 4 }, async (_, index) => {
      for (let count = 0; count < 10; count++) {
        const peer = await server.connect();
        peer.send('1 + 1\n2 +');
        if (count % 3 === 0) assert.equal(await peer.ask('1'), '2');
        if (count % 3 === 1) await peer.reset();
        else if (index % 2) await peer.close();
        else await peer.halfClose().received.rest();
      }
    });
    await Promise.all(rounds);
    trace.signal('SIGINT');
    await trace.exit();
    const { clients, faults } = ownersIn(readFileSync(file, 'utf8'), server.pid);
    assert.deepEqual(faults, []);
    assert.ok(clients >= 40, `${clients} clients in the trace`);
  });
});

/** Follows the descriptors of clients through what strace has written. */
function ownersIn(trace: string, main: number): { clients: number; faults: string[] } {
  /** The thread that uses a client's descriptor, 0 as long as none has. */
  const owners = new Map<number, number>();
  const faults: string[] = [];
  let clients = 0;
  for (const line of trace.split('\n')) {
    const [, who, what = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const thread = Number(who);
    const accepted = /accept4.* = (\d+)$/.exec(what)?.[1];
    if (accepted) {
      if (owners.has(Number(accepted))) faults.push(`accepted while open: ${line}`);
      owners.set(Number(accepted), 0);
      clients++;
    }
    // A call counts when it begins; its end may come after another thread's calls.
    const [, call, digits] = /^(close|recvfrom|sendto|shutdown)\((\d+)/.exec(what) ?? [];
    if (call === undefined) continue;
    const fd = Number(digits);
    const owner = owners.get(fd);
    if (call === 'close') {
      if (owner !== undefined && thread !== main) faults.push(`closed by a thread: ${line}`);
      if (thread === main) owners.delete(fd);
    } else if (thread !== main) {
      if (owner === undefined) faults.push(`used after its close: ${line}`);
      else if (owner !== 0 && owner !== thread) faults.push(`used by two threads: ${line}`);
      else owners.set(fd, thread);
    }
  }
  return { clients, faults };
}
