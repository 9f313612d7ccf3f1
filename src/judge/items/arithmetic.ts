/** What a calculator has to answer: the assignment's four operators, and what is left to taste. */
import type { Item, Level } from '../item.ts';
import type { ServerTrial } from '../server-trial.ts';
import { CALCULATORS } from './roles.ts';

/** The assignment's own examples, then numbers that no table of answers holds. */
const ONE_OPERATOR = ['9 + 8', '4 / 2', '4 * 7', '22 + 44', '3 * 4', '9 - 17', '0 * 5', '7 - 7'];
const RANDOM_SUMS = 6;

export const ARITHMETIC: Item<ServerTrial>[] = [
  {
    name: 'arithmetic',
    roles: CALCULATORS,
    level: 'required',
    shares: true,
    graders: { server1: 'T1', server2: 'T4', server3: 'T7' },
    asks: '"evaluates the expression, and sends the result back to the client … any numbers, not just the ones shown"',
    why: 'It is what the server is for. Results may be written 2 or 2.0.',
    look: 'the operators one by one; and whether numbers of several digits are read whole.',
    run: trial => expectValues(trial, [...ONE_OPERATOR, ...randomSums()]),
  },
  optional(
    'no-spaces',
    'Expressions without spaces, or with more of them.',
    'People type 9+8 as often as 9 + 8.',
    'splitting at spaces: look for the operator instead.',
    ['9+8', '12*12', '  9  -  4  '],
  ),
  optional(
    'several-operands',
    '"operations with more than 2 operands (e.g., "1 + 2 + 3") is purely optional"',
    'A calculator is expected to go on; equal operators work from left to right.',
    'a loop over operators in place of exactly three parts.',
    ['1 + 2 + 3', '10 - 2 - 3', '100 / 5 / 2'],
  ),
  optional(
    'precedence',
    'Multiplication before addition, and parentheses.',
    '2 + 3 * 4 is 14 to everybody but a calculator that works strictly from left to right.',
    'precedence climbing, or a grammar of terms and factors.',
    ['2 + 3 * 4', '2 * (3 + 4)', '20 - 6 / 3'],
  ),
  optional(
    'decimals',
    '"Handling non-integer operands … is purely optional"',
    'Prices and measurements have decimals.',
    'what is accepted as a number. A last digit lost to binary fractions is tolerated here.',
    ['1.5 + 2', '0.1 + 0.2', '2.5 * 4.2'],
  ),
  optional(
    'quotients',
    'Quotients that are no whole numbers.',
    '7 / 2 is 3.5; a whole-number division answers 3 and does not say that it dropped anything.',
    'integer division: // in Python, / between int in C.',
    ['7 / 2', '1 / 8', '1 / 3'],
  ),
  optional(
    'negative-numbers',
    'Negative operands.',
    'A result such as -8 can be typed in again.',
    'a minus sign where a number is expected.',
    ['-5 + 3', '4 * -7', '-9 - -4'],
  ),
  {
    ...about(
      'big-numbers',
      'Numbers beyond 64 bits, exactly.',
      'Binary floating point silently drops digits past the sixteenth.',
      'whole numbers of any size (int in Python, BigInt in JavaScript), or an error that says so.',
    ),
    run: trial =>
      expectValues(trial, ['9007199254740993 + 2', '123456789012345678901234567890 * 987654321']),
  },
];

/** What a tolerance allows for: the last digits of binary floating point. */
const ROUNDED = 1e-4;

function optional(
  name: string,
  asks: string,
  why: string,
  look: string,
  expressions: readonly string[],
): Item<ServerTrial> {
  return {
    ...about(name, asks, why, look),
    run: trial => expectValues(trial, expressions, ROUNDED),
  };
}

function about(
  name: string,
  asks: string,
  why: string,
  look: string,
): Omit<Item<ServerTrial>, 'run'> {
  const level: Level = 'optional';
  return { name, roles: CALCULATORS, level, shares: true, asks, why, look };
}

/** One after the other; on a new connection where the server hangs up, which is another item. */
async function expectValues(
  trial: ServerTrial,
  expressions: readonly string[],
  tolerance = 0,
): Promise<void> {
  const server = await trial.start();
  let chat = await server.connect();
  for (const expression of expressions) {
    try {
      await chat.expectValue(expression, undefined, tolerance);
    } catch (error) {
      if (!chat.connection.ended || server.program.ended) throw error;
      chat = await server.connect();
      await chat.expectValue(expression, undefined, tolerance);
    }
  }
}

/** Sums, differences, products and quotients without a remainder. */
function randomSums(): string[] {
  return Array.from({ length: RANDOM_SUMS }, (_, index) => {
    const [left, right] = [below(10_000), 1 + below(999)];
    return [
      `${left} + ${right}`,
      `${left} - ${right}`,
      `${left} * ${right}`,
      `${left * right} / ${right}`,
    ][index % 4] as string;
  });
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}
