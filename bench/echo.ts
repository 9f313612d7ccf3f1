/**
 * server4 --quiet against an echo server on node:net: interleaved rounds, messages per second,
 * the median of each and of their ratio.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROUNDS = 5;
const SECONDS = 2;
const TSX = ['--import', 'tsx'];

const SERVERS: Record<string, string[]> = {
  server4: ['dist/cli.js', 'server4', '--quiet', '127.0.0.1', '0'],
  'node:net': [...TSX, 'bench/rivals/node-net-echo.ts'],
};

const LOADS = [
  { clients: 1, inFlight: 1 },
  { clients: 50, inFlight: 1 },
  { clients: 50, inFlight: 16 },
];

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model}`);
console.log(`${ROUNDS} interleaved rounds of ${SECONDS} s; messages/s, median (lowest to highest)`);
for (const { clients, inFlight } of LOADS) await compare(clients, inFlight);

async function compare(clients: number, inFlight: number): Promise<void> {
  const results: Record<string, number[]> = {};
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(SERVERS)) {
      results[name] ??= [];
      results[name].push(await measure(SERVERS[name] as string[], clients, inFlight));
    }
    ratios.push((results.server4?.at(-1) ?? 0) / (results['node:net']?.at(-1) ?? 1));
  }
  console.log(`\n${clients} clients, ${inFlight} in flight each`);
  for (const [name, values] of Object.entries(results)) console.log(`  ${row(name, values, 0)}`);
  console.log(`  ${row('ratio', ratios, 2)}`);
}

function row(name: string, values: number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b).map(value => value.toFixed(digits));
  return `${name.padEnd(9)} ${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]} to ${sorted.at(-1)})`;
}

async function measure(server: string[], clients: number, inFlight: number): Promise<number> {
  const process = spawn(execPath, server, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const words = [await portOf(process), clients, inFlight, SECONDS, '22 + 44', '22 + 44'];
    const load = [...TSX, 'bench/load.ts', ...words.map(String)];
    const { stdout } = await promisify(execFile)(execPath, load);
    return (JSON.parse(stdout) as { perSecond: number }).perSecond;
  } finally {
    process.kill('SIGKILL');
  }
}

async function portOf(server: ChildProcess): Promise<string> {
  const lines = createInterface(server.stdout as NodeJS.ReadableStream);
  const [line] = (await once(lines, 'line')) as [string];
  return line.slice(line.lastIndexOf(':') + 1);
}
