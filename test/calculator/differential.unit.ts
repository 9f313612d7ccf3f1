/**
 * A few thousand random expressions, compared with other calculators; `npm run test:differential`
 * compares a million.
 */
import { test } from 'node:test';
import { randomFrom } from './differential/random-expression.ts';
import { REFERENCES } from './differential/references.ts';

const SEED = 20_260_101;
const EXPRESSIONS = 500;

for (const { name, missing, compare } of REFERENCES) {
  test(`${EXPRESSIONS} random expressions as ${name} (seed ${SEED})`, { skip: missing }, () => {
    compare(randomFrom(SEED), EXPRESSIONS);
  });
}
