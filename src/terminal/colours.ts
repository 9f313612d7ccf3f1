/**
 * Colours, only for a terminal that has some, and not where NO_COLOR is set (no-color.org). FORCE_COLOR
 * is not read: what is set for one program would get into the log of another. `--color always` is there.
 */
import { isPlainTerminal } from './plain-terminal.ts';

export interface Colours {
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

const plain = (text: string): string => text;

/** @param choice a user's own words, which count for more than the environment's. */
export function wantsColours(isTerminal: boolean, choice: ColourChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  return isTerminal && !process.env.NO_COLOR && !isPlainTerminal();
}

export function coloursFor(output: { isTTY?: boolean }, choice: ColourChoice = 'auto'): Colours {
  if (!wantsColours(output.isTTY === true, choice))
    return { good: plain, bad: plain, faint: plain, strong: plain };
  const painter = (code: number) => (text: string) => sgr(code, text);
  return { good: painter(32), bad: painter(31), faint: painter(2), strong: painter(1) };
}

/** Select Graphic Rendition (ECMA-48): the text in a colour or weight. */
export function sgr(code: number, text: string): string {
  return `\x1b[${code}m${text}\x1b[0m`;
}
