/**
 * Random clients against every server. `TIMES=40 npm run test:fuzz` has forty times as many, a million
 * messages; `npm run test:soak` mixes hostile clients with them. SEED=n repeats a run.
 */
import { describe, it } from 'node:test';
import { startServer } from '../support/calcd.ts';
import { fuzz } from '../support/fuzz.ts';
import { Random } from '../support/random.ts';

const TIMES = Number(process.env.TIMES ?? 1);

const SERVERS = [
  { name: 'server1', echoes: false, sessions: 150, clients: 1 },
  { name: 'server2', echoes: false, sessions: 20, clients: 5 },
  { name: 'server3', echoes: false, sessions: 500, clients: 20 },
  { name: 'server4', echoes: true, sessions: 500, clients: 20 },
];

describe('random clients get what the conversation says', () => {
  for (const { name, echoes, clients, ...usual } of SERVERS) {
    const sessions = TIMES * usual.sessions;
    const seed = Random.seed();
    it(`${name}: ${sessions} sessions, SEED=${seed}`, async t => {
      const { port } = await startServer(t, name, ['--quiet']);
      const messages = await fuzz({ port, echoes, sessions, clients, seed });
      t.diagnostic(`${messages} messages`);
    });
  }
});
