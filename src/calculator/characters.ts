/**
 * Names the character that an expression may not contain. A reader of the error counts grapheme
 * clusters ("é", an emoji), which may be several code points. A character that cannot be seen is
 * named by its code point and never sent back.
 *
 * Every character that an expression may contain is one code unit, so only the text around the
 * unexpected character has to be cut into clusters.
 */
import { type CalculatorError, problem } from './errors.ts';

/** Code units to cut into clusters: enough for the longest cluster that is shown. */
const WINDOW = 24;

/** Longest cluster that is shown, in code units: a letter with its accents. */
const MAX_SHOWN = 4;

const CLUSTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}\p{M}]+$/u;
const BEGINS_VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}]/u;
/** Letters and symbols by category that are blank: fillers, variation selectors, empty Braille. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The error for the character at `offset`. An accent may belong to the character before it. */
export function unexpectedAt(expression: string, offset: number): CalculatorError {
  const from = Math.max(0, offset - 1);
  const around = expression.slice(from, offset + WINDOW);
  const { segment, index } = CLUSTERS.segment(around).containing(offset - from) as {
    segment: string;
    index: number;
  };
  const column = from + index + 1;
  if (segment.length <= MAX_SHOWN && isVisible(segment)) return problem.unexpected(segment, column);
  const codePoint = expression.codePointAt(offset) as number;
  const character = String.fromCodePoint(codePoint);
  return isVisible(character)
    ? problem.unexpected(character, column)
    : problem.unexpectedCodePoint(codePoint, column);
}

function isVisible(text: string): boolean {
  return BEGINS_VISIBLE.test(text) && VISIBLE.test(text) && !BLANK.test(text);
}
