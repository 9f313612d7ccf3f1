/**
 * A client's bulk run, `calcd client --quiet < sums > replies`: expressions a second over its whole
 * life, start included, and how far its memory grew between a tenth of the time and the end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { execPath } from 'node:process';
import type { Contender } from './contenders.ts';
import { BUILT, PROJECT } from './paths.ts';
import type { Sample } from './results.ts';
import { RunningServer, residentKiB } from './running-server.ts';
import { replyToSum, writeSums } from './workload.ts';

const LOOK_MS = 20;
const DEADLINE_MS = 60_000;

export async function bulkRun(contender: Contender, lines: number): Promise<Sample> {
  const path = writeSums(lines);
  const server = await RunningServer.start(contender);
  try {
    return await run(server.port, lines, path);
  } finally {
    await server.stop();
    rmSync(path);
  }
}

async function run(port: number, lines: number, path: string): Promise<Sample> {
  const replies = `${BUILT}/replies.txt`;
  const input = openSync(path, 'r');
  const output = openSync(replies, 'w');
  const from = performance.now();
  const client = spawn(execPath, ['dist/cli.js', 'client', '--quiet', '127.0.0.1', String(port)], {
    cwd: PROJECT,
    stdio: [input, output, 'inherit'],
    timeout: DEADLINE_MS,
  });
  closeSync(input);
  closeSync(output);
  const sizes: number[] = [];
  const look = setInterval(() => {
    const size = residentKiB(client.pid as number);
    if (size) sizes.push(size);
  }, LOOK_MS);
  const [code] = await once(client, 'exit');
  const seconds = (performance.now() - from) / 1000;
  clearInterval(look);
  checkReplies(replies, lines, code);
  const early = sizes.slice(0, Math.ceil(sizes.length / 4));
  return {
    perSecond: lines / seconds,
    KiB: Math.max(...sizes),
    growth: Math.max(...sizes) / Math.max(...early),
  };
}

function checkReplies(path: string, lines: number, code: unknown): void {
  const replies = readFileSync(path, 'utf8').split('\n');
  rmSync(path);
  if (code !== 0 || replies.length !== lines + 1 || replies[lines - 1] !== replyToSum(lines - 1)) {
    throw new Error(`the bulk run ended with ${code} after ${replies.length - 1} replies`);
  }
}
