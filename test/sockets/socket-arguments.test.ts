/** What callers must not hand to a socket, and what the peer sees of it: nothing. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Socket, type WOULD_BLOCK } from '../../src/sockets/socket.ts';
import { awaitReadable, TestSockets } from './connections.ts';

type Name = 'RangeError' | 'TypeError';

/** A value of a type that TypeScript would refuse. */
const wrong = <Type>(value: unknown): Type => value as Type;

function detached(): Uint8Array {
  const bytes = new Uint8Array(5);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

/** An ArrayBuffer that can be resized: Node 20 has it, the types of ES2023 do not. */
interface Resizable extends ArrayBuffer {
  resize(bytes: number): void;
}
const ResizableBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => Resizable;

const resizable = (bytes: number): Resizable => new ResizableBuffer(bytes, { maxByteLength: 99 });

/** A view of 4 bytes, or of all behind the second, whose memory has shrunk to 1. */
function shrunk(length?: number): Uint8Array {
  const memory = resizable(8);
  const view = new Uint8Array(memory, 2, length);
  memory.resize(1);
  return view;
}

class Liar extends Uint8Array {
  override get length(): number {
    return 100;
  }
  override get byteLength(): number {
    return 100;
  }
}

const NO_BUFFERS: Record<string, unknown> = {
  'a string': 'hello',
  'an array': [1, 2, 3],
  'an ArrayBuffer': new ArrayBuffer(5),
  'a SharedArrayBuffer': new SharedArrayBuffer(5),
  'a DataView': new DataView(new ArrayBuffer(5)),
  'an Int8Array': new Int8Array(5),
  'a Float64Array': new Float64Array(5),
  'a proxy of a Uint8Array': new Proxy(new Uint8Array(5), {}),
  'what only inherits from Uint8Array': Object.create(Uint8Array.prototype),
  'what only looks like one': { length: 5, byteLength: 5, buffer: new ArrayBuffer(5) },
  'a number': 4096,
  null: null,
  undefined: undefined,
  'a detached buffer': detached(),
  'a view whose memory has shrunk away': shrunk(),
  'a view of fixed length whose memory has shrunk': shrunk(4),
};

describe('the buffer of send and recv', () => {
  for (const [what, value] of Object.entries(NO_BUFFERS)) {
    test(`is not ${what}`, t => {
      const { client, server } = connection(t);
      const buffer = wrong<Uint8Array>(value);
      const error = { name: 'TypeError', message: /^buffer: / };
      assert.throws(() => client.send(buffer), error);
      assert.throws(() => client.send(buffer, 1), error);
      assert.throws(() => client.recv(buffer), error);
      assertNothingSent(client, server);
    });
  }

  test('must have room for recv: 0 would be the end of the stream', t => {
    const { client, server } = connection(t);
    client.send(Buffer.from('x'));
    awaitReadable(server);
    for (const buffer of [new Uint8Array(0), Buffer.alloc(0), new Uint8Array(4).subarray(4)]) {
      assert.throws(() => server.recv(buffer), { name: 'RangeError', message: /^buffer: / });
    }
    assert.equal(server.recv(new Uint8Array(4)), 1);
  });

  test('may be empty for send, which takes nothing', t => {
    const { client, server } = connection(t);
    assert.equal(client.send(new Uint8Array(0)), 0);
    assertNothingSent(client, server);
  });

  test('has the length that it has, whatever a subclass says', t => {
    const { client, server } = connection(t);
    assert.throws(() => client.send(new Liar(4), 5), RangeError);
    assert.equal(client.send(new Liar(4)), 4);
    awaitReadable(server);
    const buffer = new Uint8Array(200);
    assert.equal(server.recv(buffer), 4);
  });

  const GOOD: Record<string, () => Uint8Array> = {
    'shared memory': () => new Uint8Array(new SharedArrayBuffer(8)),
    'a part of shared memory': () => new Uint8Array(new SharedArrayBuffer(12), 3, 8),
    'resizable memory': () => new Uint8Array(resizable(8)),
    'resizable memory that has grown': () => {
      const memory = resizable(1);
      const view = new Uint8Array(memory);
      memory.resize(8);
      return view;
    },
    'memory of WebAssembly': () => Buffer.from(wasmMemory(), 5, 8),
    'a part of a Buffer': () => Buffer.alloc(10).subarray(1, 9),
  };
  for (const [what, make] of Object.entries(GOOD)) {
    test(`may lie in ${what}`, t => {
      const { client, server } = connection(t);
      const sent = make();
      const received = make();
      sent.set(Buffer.from('12345678'));
      assert.equal(client.send(sent), 8);
      awaitReadable(server);
      assert.equal(server.recv(received), 8);
      assert.equal(Buffer.from(received).toString(), '12345678');
    });
  }
});

function wasmMemory(): ArrayBuffer {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } };
  };
  return new WebAssembly.Memory({ initial: 1 }).buffer;
}

describe('the length of send', () => {
  const LENGTHS: [length: unknown, name: Name][] = [
    [3, 'RangeError'],
    [100, 'RangeError'],
    [-1, 'RangeError'],
    [1.5, 'RangeError'],
    [Number.NaN, 'RangeError'],
    [Number.POSITIVE_INFINITY, 'RangeError'],
    [2 ** 32 + 1, 'RangeError'],
    [2 ** 64, 'RangeError'],
    ['1', 'TypeError'],
    [1n, 'TypeError'],
    [true, 'TypeError'],
    [null, 'TypeError'],
    [{ valueOf: () => 1 }, 'TypeError'],
  ];
  for (const [length, name] of LENGTHS) {
    test(`of two bytes is not ${String(length)} (${typeof length}): ${name}`, t => {
      const { client, server } = connection(t);
      const call = () => client.send(Buffer.from('hi'), wrong<number>(length));
      assert.throws(call, { name, message: /^length: / });
      assertNothingSent(client, server);
    });
  }

  test('is not the WOULD_BLOCK of a recv', t => {
    const { client, server } = connection(t);
    const buffer = Buffer.alloc(65_536);
    // @ts-expect-error TypeScript refuses it too.
    const echo = () => server.send(buffer, server.recv(buffer));
    assert.throws(echo, {
      name: 'TypeError',
      message: 'length: Symbol(WOULD_BLOCK) is not a number',
    });
    assertNothingSent(server, client);
  });

  test('WOULD_BLOCK cannot be computed with', t => {
    const { server } = connection(t);
    const received = server.recv(Buffer.alloc(1)) as Exclude<number | typeof WOULD_BLOCK, symbol>;
    assert.throws(() => received + 1, TypeError);
    assert.throws(() => received > 0, TypeError);
    assert.throws(() => Buffer.alloc(received), TypeError);
  });
});

const NO_INTS: [value: unknown, name: Name][] = [
  [Number.NaN, 'RangeError'],
  [1.5, 'RangeError'],
  [2 ** 31, 'RangeError'],
  [2 ** 32 + 3, 'RangeError'],
  [Number.NEGATIVE_INFINITY, 'RangeError'],
  ['3', 'TypeError'],
  [3n, 'TypeError'],
  [null, 'TypeError'],
  [undefined, 'TypeError'],
  [{ valueOf: () => 3 }, 'TypeError'],
];
const NO_NATURALS: typeof NO_INTS = [[-1, 'RangeError'], ...NO_INTS];

describe('numbers that C takes as an int', () => {
  for (const [value, name] of NO_NATURALS) {
    const shown = `${String(value)} (${typeof value})`;

    test(`${shown} is no descriptor: ${name}`, () => {
      assert.throws(() => new Socket(wrong(value)), { name, message: /^fd: / });
    });

    test(`${shown} is no backlog: ${name}`, t => {
      const socket = new TestSockets(t).open();
      assert.throws(() => socket.listen(wrong(value)), { name, message: /^backlog: / });
    });
  }

  for (const [value, name] of NO_INTS) {
    test(`${String(value)} (${typeof value}) is no value of an option: ${name}`, t => {
      const socket = new TestSockets(t).open();
      const call = () => socket.setOption('keepAlive', wrong(value));
      assert.throws(call, { name, message: /^value: / });
    });
  }
});

describe('names', () => {
  const NO_NAMES: [value: unknown, name: Name][] = [
    ['toString', 'RangeError'],
    ['__proto__', 'RangeError'],
    ['', 'RangeError'],
    [0, 'TypeError'],
    [undefined, 'TypeError'],
    [Symbol('both'), 'TypeError'],
    [['both'], 'TypeError'],
  ];
  for (const [value, name] of NO_NAMES) {
    test(`${String(value)} (${typeof value}) is no direction and no option: ${name}`, t => {
      const { client } = connection(t);
      assert.throws(() => client.shutdown(wrong(value)), { name, message: /^direction: / });
      assert.throws(() => client.setOption(wrong(value), 1), { name, message: /^option: / });
    });
  }
});

describe('an address', () => {
  const NO_ADDRESSES: [value: unknown, message: RegExp][] = [
    [undefined, /^address: /],
    [null, /^address: /],
    ['127.0.0.1', /^address: /],
    [{}, /^host: /],
    [{ host: 2_130_706_433, port: 1 }, /^host: /],
    [{ host: { split: () => [127, 0, 0, 1] }, port: 1 }, /^host: /],
    [{ host: '127.0.0.1' }, /^port: /],
    [{ host: '127.0.0.1', port: '80' }, /^port: /],
    [{ host: '127.0.0.1', port: null }, /^port: /],
  ];
  for (const [value, message] of NO_ADDRESSES) {
    test(`is not ${JSON.stringify(value)}`, t => {
      const socket = new TestSockets(t).open();
      assert.throws(() => socket.bind(wrong(value)), { name: 'TypeError', message });
      assert.throws(() => socket.connect(wrong(value)), { name: 'TypeError', message });
    });
  }

  test('is read once: what is checked is what is used', t => {
    let reads = 0;
    const address = {
      host: '127.0.0.1',
      get port() {
        return reads++ === 0 ? 0 : -1;
      },
    };
    new TestSockets(t).open().bind(address);
    assert.equal(reads, 1);
  });
});

/** Two ends of a connection, both non-blocking. */
function connection(test: TestContext) {
  const sockets = new TestSockets(test);
  const ends = sockets.connect(sockets.listener());
  ends.client.setNonBlocking(true);
  return ends;
}

/** The peer receives what is sent now, and nothing before it. */
function assertNothingSent(from: Socket, to: Socket): void {
  from.send(Buffer.from('!'));
  awaitReadable(to);
  const buffer = Buffer.alloc(1 << 20);
  assert.equal(to.recv(buffer), 1);
  assert.equal(buffer[0], '!'.charCodeAt(0));
}
