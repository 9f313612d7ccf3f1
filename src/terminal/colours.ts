/**
 * When colours are used: `--color always` and `never` decide; `auto` means on a terminal that has them,
 * and not where NO_COLOR is set (no-color.org). util.styleText could decide that too, but it follows
 * FORCE_COLOR, which is set for one program and would get into the log of another.
 */
import { styleText } from 'node:util';

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColourChoice = (typeof COLOUR_CHOICES)[number];

export type Colour = 'green' | 'red' | 'cyan' | 'yellow' | 'magenta' | 'blue' | 'dim' | 'bold';

export interface Colours {
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

/** Kinds of terminal (TERM) that can only print, such as an editor's shell window; see terminfo(5). */
const PLAIN_KINDS = new Set(['', 'dumb', 'unknown']);

/** Whether the terminal prints escape sequences instead of obeying them. */
export function isPlainTerminal(): boolean {
  return PLAIN_KINDS.has(process.env.TERM ?? '');
}

export function wantsColours(isTerminal: boolean, choice: ColourChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  return isTerminal && !process.env.NO_COLOR && !isPlainTerminal();
}

export function coloursFor(output: { isTTY?: boolean }, choice: ColourChoice = 'auto'): Colours {
  const isWanted = wantsColours(output.isTTY === true, choice);
  const painter = (colour: Colour) => (text: string) => (isWanted ? coloured(colour, text) : text);
  return {
    good: painter('green'),
    bad: painter('red'),
    faint: painter('dim'),
    strong: painter('bold'),
  };
}

/** Without a stream given, styleText opens process.stdout on Node 20 and 22, which no server may. */
const UNCHECKED = { validateStream: false, stream: {} as NodeJS.WritableStream };

export function coloured(colour: Colour, text: string): string {
  return styleText(colour, text, UNCHECKED);
}
