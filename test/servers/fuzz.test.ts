/** Random clients against every server; `npm run test:soak` does the same for much longer. */
import { describe, it } from 'node:test';
import { startServer } from '../support/calcd.ts';
import { fuzz } from '../support/fuzz.ts';
import { Random } from '../support/random.ts';

const SERVERS = [
  { name: 'server1', echoes: false, sessions: 200, clients: 1 },
  { name: 'server2', echoes: false, sessions: 25, clients: 5 },
  { name: 'server3', echoes: false, sessions: 1000, clients: 20 },
  { name: 'server4', echoes: true, sessions: 1000, clients: 20 },
];

describe('random clients get what the conversation says', () => {
  for (const { name, echoes, sessions, clients } of SERVERS) {
    const seed = Random.seed();
    it(`${name}: ${sessions} sessions, SEED=${seed}`, async t => {
      const { port } = await startServer(t, name, ['--quiet']);
      const messages = await fuzz({ port, echoes, sessions, clients, seed });
      t.diagnostic(`${messages} messages`);
    });
  }
});
