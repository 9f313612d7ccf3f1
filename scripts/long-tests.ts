/**
 * The tests that take longer than everybody wants to wait: `npm run test:long`, which .ci/run runs
 * after `npm test`. All of them are run, though one fails; the table says how long each took.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Part {
  readonly what: string;
  readonly environment: Record<string, string>;
  readonly command: string;
}

const TEST = 'node --import tsx --test';

const PARTS: readonly Part[] = [
  {
    what: 'random clients, ten times as many',
    environment: { TIMES: '10' },
    command: `${TEST} test/servers/fuzz.test.ts`,
  },
  // `npm test` has only `many-descriptors.test.ts` there.
  ...['256', '1024'].map(
    (around): Part => ({
      what: `every fault, with descriptors around ${around}`,
      environment: { DESCRIPTORS: String(Number(around) - 22) },
      command: `${TEST} --test-concurrency=2 test/servers/*.test.ts`,
    }),
  ),
  {
    what: 'the servers on a simulated kernel',
    environment: {},
    command: 'node --import tsx test/simulation/run.ts --seeds 30000',
  },
  {
    what: 'known faults, found by the simulation',
    environment: {},
    command: 'node --import tsx test/simulation/mutants.ts',
  },
  {
    what: 'crowds',
    environment: { CROWDS: '5' },
    command: `${TEST} test/soak/crowds.ts`,
  },
  {
    what: 'a soak',
    environment: { MINUTES: '3' },
    command: 'node --import tsx test/soak/soak.ts',
  },
  {
    what: 'the check judges right',
    environment: {},
    command: `${TEST} test/check/judgement.ts`,
  },
];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (runIn('npm run build', {}) !== 0) process.exit(1);
const rows: string[] = [];
for (const { what, environment, command } of PARTS) {
  process.stdout.write(`\n${what}: ${command}\n`);
  const start = performance.now();
  const status = runIn(command, environment);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  rows.push(`${seconds.padStart(7)}  ${status === 0 ? 'passed' : 'FAILED'}  ${what}`);
  if (status !== 0) process.exitCode = 1;
}
process.stdout.write(`\nseconds\n${rows.join('\n')}\n`);

function runIn(command: string, environment: Record<string, string>): number | null {
  const env = { ...process.env, ...environment };
  return spawnSync('sh', ['-c', command], { stdio: 'inherit', env }).status;
}
