/**
 * The load generator for machines without a C compiler: load.c in TypeScript, with the same words
 * and the same line of JSON, on the same sockets and select(2) as the servers. It is about as heavy
 * as they are, so what it measures at many clients is a lower bound; its own load shows that.
 */
import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { FdSet, select } from '../../src/sockets/select.ts';
import { Connection } from './connection.ts';
import { Histogram } from './histogram.ts';
import { Script } from './script.ts';

const SILENCE_MS = 5000;

const [port, path, ...words] = argv.slice(2) as [string, string, ...string[]];
const latencies = new Histogram();
/** By descriptor. */
const connections = new Map<number, Connection>();
const all = new FdSet();
const readable = new FdSet();
const nothing = new FdSet();

if (words[0] === 'hold') hold(Number(words[1]));
else if (words[0] === 'first') firstReplies(Number(words[1]), Number(words[2]));
else talkTo(words.map(Number));

function talkTo([clients, inFlight, warmUp, seconds, rate, idle]: number[]): void {
  const script = new Script(path, inFlight as number);
  for (let count = 0; count < (idle as number); count++) {
    const idle = new Connection(Number(port), script);
    if (count % 128 === 127) ask(idle);
  }
  for (let count = 0; count < (clients as number); count++) connect(script);
  for (const connection of connections.values()) ask(connection);
  if (rate === 0) for (const one of connections.values()) one.say(inFlight as number, now());
  talk(warmUp as number, rate as number);
  latencies.clear();
  const cpu = process.cpuUsage();
  printResult(talk(seconds as number, rate as number), process.cpuUsage(cpu));
}

function connect(script: Script): Connection {
  const connection = new Connection(Number(port), script);
  connections.set(connection.socket.fd, connection);
  all.add(connection.socket.fd);
  return connection;
}

/** Sends and receives for a number of seconds. @returns how long it really took. */
function talk(seconds: number, rate: number): number {
  const start = now();
  const end = start + seconds * 1e9;
  const interval = rate > 0 ? 1e9 / rate : Number.POSITIVE_INFINITY;
  const speakers = [...connections.values()];
  let due = rate > 0 ? start : Number.POSITIVE_INFINITY;
  let turn = 0;
  let heard = start;
  for (let time = start; time < end; time = now()) {
    for (let full = 0; due <= time && full < speakers.length; turn++) {
      const speaker = speakers[turn % speakers.length] as Connection;
      if (speaker.isFull) {
        full++;
        continue;
      }
      speaker.say(1, due);
      due += interval;
    }
    if (hearReady((Math.min(end, due) - now()) / 1e6, rate === 0)) heard = time;
    else if (time - heard > SILENCE_MS * 1e6) throw new Error('no reply for 5 s');
  }
  return (now() - start) / 1e9;
}

/** Hears who is ready; in a closed loop, a message is sent for each reply. */
function hearReady(timeout: number, closedLoop: boolean): boolean {
  readable.copyFrom(all);
  if (select(readable, nothing, timeout) <= 0) return false;
  readable.forEach(fd => {
    const connection = connections.get(fd);
    if (!connection) return;
    const times = connection.hear();
    const time = now();
    for (const sent of times) latencies.record(time - sent);
    if (closedLoop && times.length > 0) connection.say(times.length, time);
  });
  return true;
}

/** One message and its reply, waiting for it. */
function ask(connection: Connection): void {
  connection.say(1, now());
  while (connection.hear().length === 0);
}

/** Connects, asks and leaves, `count` times: from connect(2) to the first reply. */
function firstReplies(count: number, gap: number): void {
  const script = new Script(path, 1);
  const start = now();
  const cpu = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    select(new FdSet(), nothing, gap);
    const time = now();
    const connection = new Connection(Number(port), script);
    ask(connection);
    latencies.record(now() - time);
    connection.socket.close();
  }
  printResult((now() - start) / 1e9, process.cpuUsage(cpu));
}

/** Clients that have been answered once, and then say nothing until our input ends. */
function hold(count: number): void {
  const script = new Script(path, 1);
  for (let index = 0; index < count; index++) ask(connect(script));
  printResult(1, { user: 0, system: 0 });
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) > 0);
}

function printResult(seconds: number, { user, system }: NodeJS.CpuUsage): void {
  const microseconds = (share: number) => latencies.percentile(share) / 1e3;
  console.log(
    JSON.stringify({
      perSecond: latencies.total / seconds,
      cpu: (user + system) / 1e6 / seconds,
      count: latencies.total,
      latency: {
        p50: microseconds(0.5),
        p90: microseconds(0.9),
        p99: microseconds(0.99),
        p999: microseconds(0.999),
        max: latencies.max / 1e3,
      },
    }),
  );
}

function now(): number {
  return performance.now() * 1e6;
}
