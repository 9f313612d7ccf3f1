/**
 * Looks for the message that takes the calculator longest. It starts from a list of messages that
 * were the worst of their kind, mutates them, keeps the more expensive ones, and prints a table.
 *
 *   calculator-worst.ts [SECONDS] [SEED]     seconds of search; 0, the default, measures the list
 *
 * A message's time is the median of several runs, warm, in processor time, so that a neighbour on
 * the machine is not taken for work.
 */
import { performance } from 'node:perf_hooks';
import { argv, cpuUsage } from 'node:process';
import { CalculatorError, calculate } from '../src/calculator/calculate.ts';
import { message, SPECIMENS } from './calculator-worst-specimens.ts';

const LIMIT_MS = 5;
const [seconds = 0, seed = 1] = argv.slice(2).map(Number);

/** What messages are mutated with: each is expensive in its own way. */
const PARTS = [
  '1', '9', '7', '.1', '1e999', '1e-999', '9^1047', '7^1183', '3^2095', '2^3321', '5^-999', '.7^999', '1.7^999',
  '7^99', '11^99', '7^591', '(3^2000+1)', '(1/7^591)', '(2/3)^1000', '9'.repeat(300), `.${'3'.repeat(300)}`,
  '+', '-', '*', '/', '%', '^', '^-', '(', ')', '/3', '*9/9', '+1/9', '%7',
]; // biome-ignore format: a table

const random = generator(seed);
if (seconds > 0) search(seconds);
else for (const [name, unit] of SPECIMENS) report(name, message(unit));

function search(duration: number): void {
  console.log(`${duration} s of search from seed ${seed}`);
  const pool = SPECIMENS.map(([, unit]) => ({ unit, time: timeOf(message(unit), 15) }));
  const until = performance.now() + duration * 1000;
  let tried = 0;
  while (performance.now() < until) {
    const unit = mutated(pool[pick(pool.length)]?.unit ?? '');
    const text = message(unit);
    tried++;
    const weakest = pool.reduce((least, next) => (next.time < least.time ? next : least));
    if (timeOf(text, 1) <= weakest.time) continue;
    const time = timeOf(text, 7);
    if (time > weakest.time) pool[pool.indexOf(weakest)] = { unit, time };
  }
  pool.sort((a, b) => b.time - a.time);
  console.log(`${tried} messages tried; the most expensive:`);
  for (const { unit } of pool.slice(0, 12)) report(unit, message(unit));
}

/** A head, and what follows it again and again, as long as a message may be. */
function mutated(unit: string): string {
  const pieces = unit.split('…');
  const index = pick(pieces.length);
  const piece = pieces[index] as string;
  const at = pick(piece.length + 1);
  const cut = random() < 0.5 ? 0 : pick(6);
  const added = random() < 0.2 ? '' : (PARTS[pick(PARTS.length)] as string);
  pieces[index] = piece.slice(0, at) + added + piece.slice(at + cut);
  return pieces.join('…');
}

function report(name: string, text: string): void {
  const time = timeOf(text, 31);
  const reply = replyTo(text);
  const shown = reply.length > 40 ? `${reply.slice(0, 37)}…` : reply;
  const verdict = time > LIMIT_MS ? 'TOO LONG' : '';
  console.log(`${time.toFixed(2).padStart(6)} ms  ${name.padEnd(36)} ${shown} ${verdict}`);
}

function timeOf(text: string, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const started = cpuUsage();
    replyTo(text);
    const { user, system } = cpuUsage(started);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] as number;
}

function replyTo(text: string): string {
  try {
    return calculate(text);
  } catch (error) {
    if (error instanceof CalculatorError) return `error: ${error.message}`;
    throw error;
  }
}

function pick(below: number): number {
  return Math.floor(random() * below);
}

/** Mulberry32: the same numbers from the same seed, everywhere. */
function generator(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
