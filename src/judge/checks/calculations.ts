/** What a calculator must calculate: four operators, and optionally more than the assignment asks. */
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import { CALCULATORS, type Check, type Level } from '../check.ts';

/** The assignment's own examples. Random expressions follow, which no table of replies can hold. */
const ONE_OPERATOR = ['9 + 8', '4 / 2', '4 * 7', '22 + 44', '3 * 4', '9 - 17', '0 * 5', '7 - 7'];
const RANDOM_EXPRESSIONS = 6;

/** Relative tolerance: the last digits of binary floating point. */
const ROUNDED = 1e-4;

export const CALCULATIONS: Check<ServerAttempt>[] = [
  {
    name: 'arithmetic',
    roles: CALCULATORS,
    level: 'required',
    sharesProgram: true,
    graders: { server1: 'T1', server2: 'T4', server3: 'T7' },
    asks: '"evaluates the expression, and sends the result back to the client … any numbers, not just the ones shown"',
    why: 'This is what the server is for. A result may be written 2 or 2.0.',
    hint: 'Test each operator. Check that a number with several digits is read as one number.',
    run: attempt => expectValues(attempt, [...ONE_OPERATOR, ...randomExpressions()]),
  },
  optional(
    'no-spaces',
    'Expressions without spaces, or with more spaces than usual.',
    'Many users type 9+8 instead of 9 + 8.',
    'Do not split the text at spaces. Search for the operator.',
    ['9+8', '12*12', '  9  -  4  '],
  ),
  optional(
    'several-operands',
    '"operations with more than 2 operands (e.g., "1 + 2 + 3") is purely optional"',
    'Users expect it from a calculator. Equal operators work from left to right.',
    'Use a loop over the operators. Do not expect exactly three parts.',
    ['1 + 2 + 3', '10 - 2 - 3', '100 / 5 / 2'],
  ),
  optional(
    'precedence',
    'Multiplication before addition, and parentheses.',
    '2 + 3 * 4 is 14. A calculator that works only from left to right replies 20.',
    'Use precedence climbing, or a grammar with terms and factors.',
    ['2 + 3 * 4', '2 * (3 + 4)', '20 - 6 / 3'],
  ),
  optional(
    'decimals',
    '"Handling non-integer operands … is purely optional"',
    'Prices and measurements have decimals.',
    'Accept a decimal point in a number. A rounding error in the last digits is tolerated.',
    ['1.5 + 2', '0.1 + 0.2', '2.5 * 4.2'],
  ),
  optional(
    'quotients',
    'Quotients that are not integers.',
    '7 / 2 is 3.5. Integer division replies 3 and does not report the loss.',
    'Do not use integer division: // in Python, / between int in C.',
    ['7 / 2', '1 / 8', '1 / 3'],
  ),
  optional(
    'negative-numbers',
    'Negative operands.',
    'A user wants to go on with a result such as -8.',
    'Accept a minus sign where a number is expected.',
    ['-5 + 3', '4 * -7', '-9 - -4'],
  ),
  {
    ...optionalInfo(
      'big-numbers',
      'Exact results beyond 64 bits.',
      'Binary floating point loses all digits after the sixteenth and does not report it.',
      'Use integers of any size (int in Python, BigInt in JavaScript), or reply with an error.',
    ),
    run: attempt =>
      expectValues(attempt, ['9007199254740993 + 2', '123456789012345678901234567890 * 987654321']),
  },
];

function optional(
  name: string,
  asks: string,
  why: string,
  hint: string,
  expressions: readonly string[],
): Check<ServerAttempt> {
  return {
    ...optionalInfo(name, asks, why, hint),
    run: attempt => expectValues(attempt, expressions, ROUNDED),
  };
}

function optionalInfo(
  name: string,
  asks: string,
  why: string,
  hint: string,
): Omit<Check<ServerAttempt>, 'run'> {
  const level: Level = 'optional';
  return { name, roles: CALCULATORS, level, sharesProgram: true, asks, why, hint };
}

/** On one connection. If the server closes it, which is another check, the next is opened. */
async function expectValues(
  attempt: ServerAttempt,
  expressions: readonly string[],
  tolerance = 0,
): Promise<void> {
  const server = await attempt.start();
  let client = await server.connect();
  for (const expression of expressions) {
    try {
      await client.expectValue(expression, undefined, tolerance);
    } catch (error) {
      if (!client.connection.ended || server.program.ended) throw error;
      client = await server.connect();
      await client.expectValue(expression, undefined, tolerance);
    }
  }
}

/** Sums, differences, products, and quotients without a remainder. */
function randomExpressions(): string[] {
  return Array.from({ length: RANDOM_EXPRESSIONS }, (_, index) => {
    const [left, right] = [randomBelow(10_000), 1 + randomBelow(999)];
    return [
      `${left} + ${right}`,
      `${left} - ${right}`,
      `${left} * ${right}`,
      `${left * right} / ${right}`,
    ][index % 4] as string;
  });
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}
