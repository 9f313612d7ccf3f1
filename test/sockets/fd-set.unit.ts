/** FdSet against a Set of numbers, by commands in any order (fast-check's model-based properties). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FdSet, select } from '../../src/sockets/select.ts';
import { interpose } from '../../src/sockets/system-calls.ts';
import { members } from './connections.ts';
import { checkBitmap } from './kernel-guard.ts';

/** Two sets, so that one can take from the other, and what they hold. */
interface Model {
  readonly sets: readonly [Set<number>, Set<number>];
}
interface Real {
  readonly sets: readonly [FdSet, FdSet];
}

/** Both sides of where a word ends, a bitmap grows, or C's FD_SETSIZE and 16 bits end. */
const BORDERS = [32, 64, 256, 1024, 65_536].flatMap(border => [border - 1, border, border + 1]);
const LAST = 2 ** 20 - 1;

const descriptor = fc.oneof(
  { weight: 4, arbitrary: fc.nat(70) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, ...BORDERS) },
  { weight: 1, arbitrary: fc.nat(LAST) },
);

class Step implements fc.Command<Model, Real> {
  readonly #words: string;
  readonly #model: (set: Set<number>, other: Set<number>) => void;
  readonly #real: (set: FdSet, other: FdSet) => void;
  readonly #which: 0 | 1;

  constructor(
    which: 0 | 1,
    words: string,
    model: (set: Set<number>, other: Set<number>) => void,
    real: (set: FdSet, other: FdSet) => void,
  ) {
    this.#which = which;
    this.#words = `${'ab'[which]}.${words}`;
    this.#model = model;
    this.#real = real;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const other = (1 - this.#which) as 0 | 1;
    this.#model(model.sets[this.#which], model.sets[other]);
    this.#real(real.sets[this.#which], real.sets[other]);
    for (const index of [0, 1] as const) compare(real.sets[index], model.sets[index]);
  }

  toString(): string {
    return this.#words;
  }
}

function compare(set: FdSet, model: ReadonlySet<number>): void {
  const expected = [...model].sort((a, b) => a - b);
  assert.equal(set.nfds, (expected.at(-1) ?? -1) + 1, 'nfds');
  assert.deepEqual(members(set), expected);
  for (const fd of [...BORDERS, LAST]) assert.equal(set.has(fd), model.has(fd), `has(${fd})`);
  const { nfds, words } = asTheKernelSees(set);
  assert.equal(nfds, set.nfds);
  assert.equal(words === null, model.size === 0);
  if (words) checkBitmap(words, nfds);
}

/** What `select` hands to the kernel for a set. */
function asTheKernelSees(set: FdSet): { nfds: number; words: Uint32Array | null } {
  let seen: { nfds: number; words: Uint32Array | null } | undefined;
  const putBack = interpose(() => ({
    select: (nfds, words) => {
      seen = { nfds, words };
      return 0;
    },
  }));
  try {
    select(set, new FdSet(), 0);
  } finally {
    putBack();
  }
  assert(seen);
  return seen;
}

const which = fc.constantFrom(0 as const, 1 as const);

const onDescriptor = (name: 'add' | 'delete') =>
  fc.tuple(which, descriptor).map(
    ([index, fd]) =>
      new Step(
        index,
        `${name}(${fd})`,
        set => void set[name](fd),
        set => set[name](fd),
      ),
  );

const onSets = (
  name: 'copyFrom' | 'addAll' | 'retainAll',
  model: (set: Set<number>, other: Set<number>) => void,
) => which.map(index => new Step(index, `${name}(other)`, model, (set, other) => set[name](other)));

const clear = which.map(
  index =>
    new Step(
      index,
      'clear()',
      set => set.clear(),
      set => set.clear(),
    ),
);

/** forEach, whose visitor removes what it is shown: as a loop does whose clients leave. */
const deleteEach = which.map(
  index =>
    new Step(
      index,
      'forEach(delete)',
      set => set.clear(),
      set => {
        set.forEach(fd => {
          set.delete(fd);
        });
      },
    ),
);

const steps = [
  onDescriptor('add'),
  onDescriptor('add'),
  onDescriptor('delete'),
  clear,
  deleteEach,
  onSets('copyFrom', (set, other) => {
    set.clear();
    for (const fd of other) set.add(fd);
  }),
  onSets('addAll', (set, other) => {
    for (const fd of other) set.add(fd);
  }),
  onSets('retainAll', (set, other) => {
    for (const fd of [...set]) if (!other.has(fd)) set.delete(fd);
  }),
];

describe('FdSet', () => {
  test('it agrees with a Set of numbers, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 40 }), commands => {
        fc.modelRun(
          (): { model: Model; real: Real } => ({
            model: { sets: [new Set(), new Set()] },
            real: { sets: [new FdSet(), new FdSet()] },
          }),
          commands,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('an empty set that keeps what another has stays empty', () => {
    const set = new FdSet();
    set.retainAll(new FdSet([3]));
    assert.equal(set.nfds, 0);
  });

  const NO_DESCRIPTORS: [fd: unknown, kind: string][] = [
    [-1, 'RangeError'],
    [Number.NaN, 'RangeError'],
    [1.5, 'RangeError'],
    [2 ** 20, 'RangeError'],
    [2 ** 32 + 3, 'RangeError'],
    [2 ** 40, 'RangeError'],
    [Number.POSITIVE_INFINITY, 'RangeError'],
    ['3', 'TypeError'],
    [3n, 'TypeError'],
    [undefined, 'TypeError'],
    [null, 'TypeError'],
    [Symbol('3'), 'TypeError'],
    [{ valueOf: () => 3 }, 'TypeError'],
  ];
  for (const [value, name] of NO_DESCRIPTORS) {
    test(`${String(value)} (${typeof value}) is no descriptor: ${name}`, () => {
      const set = new FdSet([3]);
      const fd = value as number;
      for (const call of [() => set.add(fd), () => set.delete(fd), () => set.has(fd)]) {
        assert.throws(call, { name, message: /^fd: / });
      }
      assert.throws(() => new FdSet([fd]), { name, message: /^fd: / });
      assert.deepEqual([members(set), set.nfds], [[3], 4]);
    });
  }

  test('the highest descriptor is one', () => {
    assert.deepEqual(members(new FdSet([LAST])), [LAST]);
  });

  test('another set is an FdSet and nothing else', () => {
    for (const other of [new Set([3]), [3], null, undefined, 3, Object.create(FdSet.prototype)]) {
      const set = new FdSet([3]);
      for (const name of ['copyFrom', 'addAll', 'retainAll'] as const) {
        assert.throws(() => set[name](other as FdSet), TypeError);
      }
      assert.deepEqual(members(set), [3]);
    }
  });

  test('nfds cannot be set from outside', () => {
    const set = new FdSet([3]);
    assert.throws(() => Object.assign(set, { nfds: 1e9 }), TypeError);
    assert.equal(set.nfds, 4);
  });
});
