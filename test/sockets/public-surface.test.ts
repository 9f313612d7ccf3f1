/**
 * All that `calcd/sockets` exports, called with arbitrary values of JavaScript: a call works or throws
 * an error of the documented kinds, no value out of its range reaches C (kernel-guard.ts), and a peer
 * receives the bytes that were sent to it and no other.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as library from '../../src/sockets/index.ts';
import { FdSet, Socket, SystemError, WOULD_BLOCK } from '../../src/sockets/index.ts';
import { DEADLINE_MS } from './connections.ts';
import { KernelGuard } from './kernel-guard.ts';

type Method = (...args: unknown[]) => unknown;

/** What a run works on: the sockets and sets made so far, the first of them by the run itself. */
interface World {
  readonly sockets: Socket[];
  readonly sets: FdSet[];
}

/** A value that is found, or made anew, in the run that uses it. */
type Source = (world: World) => unknown;

function named<What extends object>(words: string, what: What): What {
  return Object.defineProperty(what, fc.toStringMethod, { value: () => words });
}

const constant = (value: unknown): Source => named(fc.stringify(value), () => value);

const NUMBERS = [
  0,
  -0,
  -1,
  1,
  2,
  3,
  5,
  6,
  16,
  100,
  0.5,
  65_536,
  2 ** 20 - 1,
  2 ** 20,
  1e11,
  1e12,
].concat(
  [2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 32 + 5, 2 ** 53, 2 ** 64, 1e308],
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
);

function detached(): Uint8Array {
  const bytes = new Uint8Array(5);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

const BUFFERS: Record<string, () => unknown> = {
  'six bytes': () => Buffer.from('secret'),
  'a middle': () => Buffer.from('a secret of others').subarray(2, 8),
  'no bytes': () => new Uint8Array(0),
  'shared bytes': () => new Uint8Array(new SharedArrayBuffer(7)),
  'detached bytes': detached,
  'no Uint8Array': () => new Float32Array(3),
  'a DataView': () => new DataView(new ArrayBuffer(9)),
};

const WORDS = [
  'read',
  'write',
  'both',
  'reuseAddress',
  'keepAlive',
  'keepIdle',
  'noDelay',
  'toString',
];

const source: fc.Arbitrary<Source> = fc.oneof(
  fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }).map(constant),
  fc.constantFrom(...NUMBERS, ...WORDS, true, WOULD_BLOCK).map(constant),
  fc
    .constantFrom(...Object.entries(BUFFERS))
    .map(([words, make]): Source => named(words, () => make())),
  fc.nat(9).map((index): Source => named(`set ${index}`, ({ sets }) => sets[index % sets.length])),
  fc.nat(9).map((index): Source => named(`fd ${index}`, ({ sockets }) => at(sockets, index).fd)),
  fc
    .record({
      host: fc.constantFrom<unknown>('127.0.0.1', '127.0.0.2', '127.1', '10.0.0.1', 5, null),
      port: fc.constantFrom<unknown>(0, 1, 65_535, 65_536, -1, '80', Number.NaN),
    })
    .map(constant),
  fc.constant(named('a visitor', () => () => undefined)),
);

const at = <Item>(items: readonly Item[], index: number): Item =>
  items[index % items.length] as Item;

/** The methods of a class, found by themselves, so that none is forgotten. */
function methodsOf(prototype: object): [name: string, method: Method][] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(
    ([name, { value, get }]): [string, Method][] => {
      if (get) return [[name, get]];
      return name !== 'constructor' && typeof value === 'function' ? [[name, value]] : [];
    },
  );
}

/** A call of anything public, on one of the world's objects where it needs one. */
type Call = (world: World, index: number, args: unknown[]) => unknown;

const CALLS: [name: string, call: Call][] = [
  ...methodsOf(Socket.prototype).map(([name, method]): [string, Call] => [
    `socket.${name}`,
    ({ sockets }, index, args) => Reflect.apply(method, at(sockets, index), args),
  ]),
  ...methodsOf(FdSet.prototype).map(([name, method]): [string, Call] => [
    `set.${name}`,
    ({ sets }, index, args) => Reflect.apply(method, at(sets, index), args),
  ]),
  ...[...methodsOf(Socket.prototype), ...methodsOf(FdSet.prototype)].map(
    ([name, method]): [string, Call] => [
      `${name} of anything`,
      (_world, _index, [thing, ...args]) => Reflect.apply(method, thing, args),
    ],
  ),
  ...Object.entries(library).flatMap(([name, value]): [string, Call][] =>
    typeof value === 'function'
      ? [
          [name, (_world, _index, args) => Reflect.apply(value, undefined, args)],
          [`new ${name}`, (_world, _index, args) => Reflect.construct(value, args)],
        ]
      : [],
  ),
  ['Socket.open', () => Socket.open()],
];

for (const call of CALLS) named(call[0], call);

interface Step {
  readonly call: [name: string, call: Call];
  readonly index: number;
  readonly args: Source[];
}

const step: fc.Arbitrary<Step> = fc.record({
  call: fc.oneof(
    fc.constantFrom(...CALLS),
    fc.constantFrom(...CALLS.filter(([name]) => /^socket\.(send|recv)$|^select$/.test(name))),
  ),
  index: fc.nat(9),
  args: fc.array(source, { maxLength: 3 }),
});

const MOST_SOCKETS = 10;

/** @returns how it ended: a word for the statistics. */
function take({ call: [, call], index, args }: Step, world: World): string {
  let result: unknown;
  try {
    result = call(
      world,
      index,
      args.map(source => source(world)),
    );
  } catch (error) {
    if (error instanceof SystemError) return 'SystemError';
    if (error instanceof TypeError || error instanceof RangeError) return error.name;
    throw error;
  }
  const accepted = (result as { socket?: unknown } | undefined)?.socket;
  for (const made of [result, accepted]) {
    if (made instanceof Socket && world.sockets.length < MOST_SOCKETS) world.sockets.push(made);
  }
  if (result instanceof FdSet) world.sets.push(result);
  return 'worked';
}

/** A connection, whose one end the steps may use, and whose other end is the canary. */
function begin(guard: KernelGuard) {
  const listener = Socket.open();
  listener.bind({ host: '127.0.0.1', port: 0 });
  listener.listen(16);
  const canary = Socket.open();
  canary.connect(listener.localAddress());
  const deadline = performance.now() + DEADLINE_MS;
  let server = listener.accept(true)?.socket;
  while (!server && performance.now() < deadline) server = listener.accept(true)?.socket;
  assert(server);
  canary.send(Buffer.from('something to receive'));
  const sent = guard.sent.get(server.fd) as Buffer[];
  const world: World = { sockets: [server, listener], sets: [new FdSet(), new FdSet([server.fd])] };
  return { canary, sent, world };
}

/**
 * What the canary receives until the `most` bytes are there and nothing is behind them. A reset, which
 * closing with unread bytes means, may destroy the last of them.
 */
function receiveAll(canary: Socket, most: number): { received: Buffer; isReset: boolean } {
  const received: Buffer[] = [];
  const deadline = performance.now() + DEADLINE_MS;
  const buffer = Buffer.alloc(1 << 20);
  let length = 0;
  let isReset = false;
  try {
    for (;;) {
      const count = canary.recv(buffer);
      if (count === 0 || (count === WOULD_BLOCK && length >= most)) break;
      assert(performance.now() < deadline, `received ${length} bytes of ${most} in time`);
      if (count === WOULD_BLOCK) continue;
      length += count;
      received.push(Buffer.from(buffer.subarray(0, count)));
    }
  } catch (error) {
    if (!(error instanceof SystemError && error.code === 'ECONNRESET')) throw error;
    isReset = true;
  }
  return { received: Buffer.concat(received), isReset };
}

describe('calcd/sockets, called with anything', () => {
  const ends = new Map<string, Map<string, number>>();

  test('works, or throws what it says, and sends nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), steps => {
        const guard = new KernelGuard();
        try {
          const { canary, sent, world } = begin(guard);
          for (const step of steps) count(step.call[0], take(step, world));
          const expected = Buffer.concat(sent);
          const { received, isReset } = receiveAll(canary, expected.length);
          assert.deepEqual(received, isReset ? expected.subarray(0, received.length) : expected);
        } finally {
          guard.end();
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('every call was made, and those that can work have worked', () => {
    const missing = CALLS.filter(([name]) => !ends.has(name)).map(([name]) => name);
    assert.deepEqual(missing, []);
    for (const name of ['socket.send', 'socket.recv', 'select', 'set.add']) {
      assert.ok((ends.get(name)?.get('worked') ?? 0) > 0, `${name} has never worked`);
      assert.ok((ends.get(name)?.get('TypeError') ?? 0) > 0, `${name} has never refused a type`);
    }
  });

  function count(name: string, end: string): void {
    const counts = ends.get(name) ?? new Map<string, number>();
    ends.set(name, counts.set(end, (counts.get(end) ?? 0) + 1));
  }
});
