/** Properties of all numbers and of all inputs. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { cpuUsage } from 'node:process';
import { test } from 'node:test';
import fc from 'fast-check';
import { CalculatorError, calculate } from '../../src/calculator/calculate.ts';
import { greatestCommonDivisor } from '../../src/calculator/greatest-common-divisor.ts';
import { Work } from '../../src/calculator/work.ts';

const RUNS = { numRuns: 1000 };

const natural = fc.bigInt({ min: 0n, max: 10n ** 40n });
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    natural,
    fc.option(natural),
    fc.option(fc.integer({ min: -30, max: 30 })),
  )
  .map(([sign, whole, fraction, exponent]) => {
    const point = fraction === null ? '' : `.${fraction}`;
    return `${sign}${whole}${point}${exponent === null ? '' : `e${exponent}`}`;
  });
const fraction = fc
  .tuple(decimal, fc.bigInt({ min: 1n, max: 10n ** 20n }))
  .map(([above, below]) => `(${above} / ${below})`);
const number = fc.oneof(decimal, fraction);

test('what is printed of a decimal is the same number', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const printed = calculate(`${a} * ${b}`);
      assert.equal(calculate(printed), printed);
      assert.equal(calculate(`${a} * ${b} - (${printed})`), '0');
    }),
    RUNS,
  );
});

test('what is printed of any number is off by half a unit of the twentieth digit at most', () => {
  fc.assert(
    fc.property(fraction, a => {
      const printed = calculate(a);
      if (printed === '0') return;
      assert.match(calculate(`((${a} - (${printed})) / ${a}) ^ 2`), /^0(\.0{38}.*)?$/);
    }),
    RUNS,
  );
});

const LAWS: Record<string, (a: string, b: string, c: string) => [string, string]> = {
  'sums commute': (a, b) => [`${a} + ${b}`, `${b} + ${a}`],
  'products commute': (a, b) => [`${a} * ${b}`, `${b} * ${a}`],
  'sums associate': (a, b, c) => [`(${a} + ${b}) + ${c}`, `${a} + (${b} + ${c})`],
  'products associate': (a, b, c) => [`(${a} * ${b}) * ${c}`, `${a} * (${b} * ${c})`],
  'products distribute': (a, b, c) => [`${a} * (${b} + ${c})`, `${a} * ${b} + ${a} * ${c}`],
  'differences undo sums': (a, b) => [`${a} + ${b} - ${b}`, `${a}`],
  'products undo quotients': (a, b) => [`${a} / (${b} + 1e50) * (${b} + 1e50)`, `${a}`],
  'a quotient and a remainder make the whole': (a, b) => [
    `${a} % (${b} + 1e50) + (${a} - ${a} % (${b} + 1e50))`,
    `${a}`,
  ],
  'a difference of a remainder goes whole': (a, b) => [
    `((${a} - ${a} % (${b} + 1e50)) / (${b} + 1e50)) % 1`,
    '0',
  ],
  'powers are products': (a, b) => [`(${a}) ^ 3 * (${b}) ^ 3`, `(${a} * ${b}) ^ 3`],
  'a negative exponent inverts': a => [`(${a} + 1e50) ^ -2 * (${a} + 1e50) ^ 2`, '1'],
};

for (const [name, law] of Object.entries(LAWS)) {
  test(name, () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const [left, right] = law(`(${a})`, `(${b})`, `(${c})`);
        assert.equal(calculate(`(${left}) - (${right})`), '0');
        assert.equal(calculate(left), calculate(right));
      }),
      { numRuns: 150 },
    );
  });
}

const piece = fc.constantFrom(
  '1', '9', '.', 'e', '1e999', '1e-999', '7^999', '.3^300', '+', '-', '*', '/', '%', '^', '**', '(', ')', ' ', '×', '÷', 'x', '\u0301',
); // biome-ignore format: a table
const anything = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.uint8Array({ maxLength: 100 }).map(bytes => Buffer.from(bytes).toString('utf8')),
  fc
    .tuple(fc.array(piece, { maxLength: 12 }), fc.array(piece, { minLength: 1, maxLength: 8 }))
    .map(([head, part]) => (head.join('') + part.join('').repeat(4096)).slice(0, 4096)),
);

/** Generous, because tests run on busy machines: bench/calculator-worst.ts measures the bound. */
const LONG_MS = 50;

test('no input throws anything but a calculator error, gets a long error, or takes long', () => {
  fc.assert(
    fc.property(anything, input => {
      const started = cpuUsage();
      const reply = replyTo(input);
      const { user, system } = cpuUsage(started);
      assert.ok((user + system) / 1000 < LONG_MS, `${user + system} µs: ${input}`);
      assert.match(reply, /^(-?\d{1,1000}(\.\d{0,999}[1-9])?|error: [^\p{C}\p{Zl}\p{Zp}]+)$/u);
      if (reply.startsWith('error: ')) assert.ok(Buffer.byteLength(reply) <= 120, reply);
      assert.notEqual(reply, '-0');
    }),
    { numRuns: 2000 },
  );
});

test('common divisors are those of the plain algorithm', () => {
  const long = fc.bigInt({ min: 1n, max: 10n ** 300n });
  fc.assert(
    fc.property(long, long, long, (a, b, common) => {
      const divisor = greatestCommonDivisor(a * common, -b * common, new Work());
      assert.equal(divisor, plain(a * common, b * common));
    }),
    RUNS,
  );
  for (let [a, b] = [1n, 1n]; b < 10n ** 300n; [a, b] = [b, a + b]) {
    assert.equal(greatestCommonDivisor(a, b, new Work()), 1n);
  }
});

function plain(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function replyTo(expression: string): string {
  try {
    return calculate(expression);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}
