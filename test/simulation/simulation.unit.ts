import { describe, it } from 'node:test';
import { simulate } from './simulate.ts';

/** Seeds in the usual tests; `npm run test:simulation` takes as many as there is time for. */
const SEEDS = 300;

describe('a server on a simulated kernel', () => {
  it(`keeps its promises whatever happens: ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) await simulate(seed);
  });
});
