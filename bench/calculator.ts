/**
 * How fast the calculator is, from bytes to bytes as a server uses it, beside two calculators from
 * the registry, from text to text. Interleaved rounds in one process and one thread; millions of
 * messages a second, median (lowest to highest).
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Parser } from 'expr-eval';
import { evaluate } from 'mathjs';
import { CalculatorConversation } from '../src/protocol/calculator-conversation.ts';
import { ReplyBuffer } from '../src/protocol/reply-buffer.ts';

const ROUNDS = 9;
const ROUND_MS = 200;
const RECEIVE_BYTES = 64 * 1024;

const MESSAGES: [message: string, reply: string][] = [
  ['22 + 44', '66'],
  ['12 * 3 - 7', '29'],
  ['22 / 7', '3.1428571428571428571'],
  ['0.5 * (1 + 2) ^ 3', '13.5'],
];

/** Answers for a number of milliseconds. @returns messages per second. */
type Contender = (message: string) => () => number;

const CONTENDERS: Record<string, Contender> = {
  calcd: message => {
    const count = Math.floor(RECEIVE_BYTES / (message.length + 1));
    const input = Buffer.from(`${message}\n`.repeat(count));
    const conversation = new CalculatorConversation();
    const replies = new ReplyBuffer();
    return () => {
      conversation.receive(input, input.length);
      let more = true;
      while (more) {
        replies.clear();
        more = conversation.answer(replies);
      }
      return count;
    };
  },
  'expr-eval': message =>
    many(() => {
      assert.ok(Number.isFinite(new Parser().evaluate(message)));
    }),
  'expr-eval, one parser': message => {
    const parser = new Parser();
    return many(() => {
      assert.ok(Number.isFinite(parser.evaluate(message)));
    });
  },
  mathjs: message =>
    many(() => {
      assert.ok(Number.isFinite(evaluate(message)));
    }),
};

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model}`);
console.log(`${ROUNDS} interleaved rounds of ${ROUND_MS} ms; million messages/s, one thread`);
for (const [message, reply] of MESSAGES) compare(message, reply);

function compare(message: string, reply: string): void {
  assert.equal(replyTo(message), reply);
  const runs = Object.entries(CONTENDERS).map(([name, contender]) => ({
    name,
    answer: contender(message),
    rates: [] as number[],
    ratios: [] as number[],
  }));
  for (const { answer } of runs) measure(answer);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { answer, rates, ratios } of runs) {
      rates.push(measure(answer) / 1e6);
      ratios.push((runs[0]?.rates[round] as number) / (rates[round] as number));
    }
  }
  console.log(`\n${message}`);
  for (const { name, rates, ratios } of runs) {
    console.log(`  ${name.padEnd(22)} ${spread(rates, 3)}   calcd is ${spread(ratios, 1)} times`);
  }
}

function measure(answer: () => number): number {
  const started = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    count += answer();
    elapsed = performance.now() - started;
  }
  return (count * 1000) / elapsed;
}

function many(calculate: () => void): () => number {
  const times = 500;
  return () => {
    for (let time = 0; time < times; time++) calculate();
    return times;
  };
}

function spread(values: number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b).map(value => value.toFixed(digits));
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]} to ${sorted.at(-1)})`;
}

function replyTo(message: string): string {
  const conversation = new CalculatorConversation();
  const replies = new ReplyBuffer();
  const input = Buffer.from(`${message}\n`);
  conversation.receive(input, input.length);
  conversation.answer(replies);
  return replies.bytes.toString('utf8', 0, replies.length - 1);
}
