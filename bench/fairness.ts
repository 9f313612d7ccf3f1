/**
 * `npm run bench:fairness`: what a hostile client costs the others. Ten clients ask a server 200
 * times a second, and then a client misbehaves. The table has how long they waited from then on, and
 * what it cost the server. The hostile clients are in this process: on two cores a part of the wait
 * is for a core.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { calculate } from '../src/calculator/calculate.ts';
import { message, SPECIMENS } from './calculator-worst-specimens.ts';
import { type Contender, ours } from './contenders.ts';
import { Generator } from './generator.ts';
import { RunningServer, residentKiB } from './running-server.ts';
import { prepareTools } from './tools.ts';

const LOAD = { clients: 10, inFlight: 0, warmUp: 4, seconds: 4, rate: 200, idle: 0 };
/** When the misbehaviour begins, and when it is measured. */
const QUIET_MS = 2000;
const WARM_UP_MS = 1000 * LOAD.warmUp;
const WORST_CASE_CLIENTS = 50;
const UNREAD_MESSAGES = 1_000_000;
const TICKS_PER_SECOND = 100;

/** Each opens its connections and misbehaves until they are closed. */
const HOSTILITIES: Record<string, (port: number) => Socket[]> = {
  none: () => [],
  'one floods and reads the replies': port => [flood(port)],
  'one sends a million messages and reads nothing': port => [unread(port)],
  '50 send the worst-case message': port => {
    const worstCase = `${worstCaseMessage()}\n`;
    return Array.from({ length: WORST_CASE_CLIENTS }, () => askAgainAndAgain(port, worstCase));
  },
};

const generator = new Generator(await prepareTools());
console.log(
  '| server | hostile client | others p50 ms | p99 ms | max ms | server MiB | of a core |',
);
console.log('|---|---|--:|--:|--:|--:|--:|');
for (const name of ['server2', 'server3', 'server4']) {
  for (const hostility of Object.keys(HOSTILITIES)) {
    if (name === 'server4' && hostility.includes('worst-case')) continue;
    console.log(`| ${[name, hostility, ...(await measure(ours(name), hostility))].join(' | ')} |`);
  }
}

async function measure(contender: Contender, hostility: string): Promise<string[]> {
  const server = await RunningServer.start(contender);
  const talk = generator.talk(server.port, contender.conversation, LOAD);
  await sleep(QUIET_MS);
  const hostile = HOSTILITIES[hostility]?.(server.port) ?? [];
  await sleep(WARM_UP_MS - QUIET_MS);
  const [before, start] = [cpuSeconds(server.pid), performance.now()];
  const { latency } = await talk;
  const cpu = (cpuSeconds(server.pid) - before) / ((performance.now() - start) / 1000);
  const mebibytes = (residentKiB(server.pid) ?? Number.NaN) / 1024;
  for (const socket of hostile) socket.destroy();
  await server.stop();
  const times = [latency.p50, latency.p99, latency.max].map(us => (us / 1000).toFixed(2));
  return [...times, mebibytes.toFixed(0), cpu.toFixed(2)];
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function flood(port: number): Socket {
  const socket = open(port);
  const block = '2 + 2\n'.repeat(10_000);
  const pump = (): void => {
    while (socket.write(block));
  };
  socket.on('connect', pump).on('drain', pump).resume();
  return socket;
}

function unread(port: number): Socket {
  const socket = open(port).pause();
  socket.write('2 + 2\n'.repeat(UNREAD_MESSAGES));
  return socket;
}

function askAgainAndAgain(port: number, text: string): Socket {
  const socket = open(port);
  socket.on('connect', () => socket.write(text));
  socket.on('data', bytes => {
    if (bytes.at(-1) === 0x0a) socket.write(text);
  });
  return socket;
}

/** Closed with the measurement, whatever became of it. */
function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {});
}

/** The one of those known that takes longest now; each was calculated once before. */
function worstCaseMessage(): string {
  const texts = SPECIMENS.map(([, unit]) => message(unit));
  const times = [0, 1].map(() => texts.map(time)).at(-1) as number[];
  return texts[times.indexOf(Math.max(...times))] as string;
}

function time(text: string): number {
  const start = performance.now();
  try {
    calculate(text);
  } catch {
    // Many of them end in an error, and what counts is when.
  }
  return performance.now() - start;
}
