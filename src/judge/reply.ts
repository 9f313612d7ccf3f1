/**
 * What a reply says. Programs answer `66`, `66.0`, `Result: 66` or `22 + 44 = 66` and then prompt;
 * all of these are 66. An error is any text that is no number.
 */
import { calculate } from '../calculator/calculate.ts';

const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/gi;
const NOTHING_ELSE = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;

/** Escape sequences for colours, and the NULs that some pad with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be taken out
const DECORATION = /\x1b\[[0-9;]*[A-Za-z]|\0.*$/gs;

/** Whether the reply's text says this number; exactly, or within a tolerance relative to it. */
export function says(reply: string, expected: string, tolerance = 0): boolean {
  return plain(reply)
    .split('\n')
    .some(line => {
      const last = line.match(NUMBER)?.at(-1);
      return last !== undefined && isEqual(last, expected, tolerance);
    });
}

/** Whether the reply tells of an error: some text, and not just a number. */
export function saysError(reply: string): boolean {
  const text = plain(reply).trim();
  return text !== '' && !NOTHING_ELSE.test(text);
}

function plain(reply: string): string {
  return reply.replace(DECORATION, '');
}

function isEqual(text: string, expected: string, tolerance: number): boolean {
  if (tolerance > 0) {
    return Math.abs(Number(text) - Number(expected)) <= tolerance * Math.abs(Number(expected));
  }
  try {
    return calculate(`${text} - (${expected})`) === '0';
  } catch {
    return false;
  }
}
