/**
 * What the clients say: 64 sums like the assignment's `22 + 44`, of two or three whole numbers,
 * each with the reply that must come. Every rival can answer them, bc included.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Conversation } from './contenders.ts';
import { BUILT } from './paths.ts';

const SUMS = 64;

/** Writes the generator's script of a conversation. @returns its path. */
export function writeScript(conversation: Conversation): string {
  const lines = Array.from({ length: SUMS }, (_, index) => {
    const [sum, value] = sumNumber(index);
    return `${sum}\t${conversation === 'echo' ? sum : value}\n`;
  });
  const path = `${BUILT}/${conversation}.txt`;
  mkdirSync(BUILT, { recursive: true });
  writeFileSync(path, lines.join(''));
  return path;
}

/** A file of sums, for a client's bulk run. @returns its path. */
export function writeSums(count: number): string {
  const round = Array.from({ length: SUMS }, (_, index) => `${sumNumber(index)[0]}\n`).join('');
  const path = `${BUILT}/sums.txt`;
  const rest = Array.from({ length: count % SUMS }, (_, index) => `${sumNumber(index)[0]}\n`);
  writeFileSync(path, round.repeat(Math.floor(count / SUMS)) + rest.join(''));
  return path;
}

/** The last line's reply, by which a bulk run shows that it came to its end. */
export function replyToSum(index: number): string {
  return String(sumNumber(index % SUMS)[1]);
}

function sumNumber(index: number): [sum: string, value: number] {
  const a = ((index * 37) % 997) + 1;
  const b = ((index * 91) % 89) + 1;
  const c = ((index * 53) % 41) + 1;
  const forms: [string, number][] = [
    [`${a} + ${b}`, a + b],
    [`${a} - ${b}`, a - b],
    [`${a} * ${b}`, a * b],
    [`${a * b} / ${a}`, b],
    [`${a} + ${b} * ${c}`, a + b * c],
  ];
  return forms[index % forms.length] as [string, number];
}
