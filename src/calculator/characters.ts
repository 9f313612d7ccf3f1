/**
 * What a character is to the one who reads an error: a grapheme cluster, which may be many code
 * points, or something invisible, which is never said back. All that an expression may contain is
 * one character a code unit, so that only the surroundings of what is wrong have to be looked at.
 */
import { type CalculatorError, problem } from './errors.ts';

/** Code units looked at: an accent on what is before, and no more of a long cluster than is shown. */
const LOOKED_AT = 24;

/** Longest cluster that is shown, in code units: a letter with its accents, not a tower of them. */
const SHOWN = 4;

const CLUSTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

const VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}\p{M}]+$/u;
const BEGINS_VISIBLE = /^[\p{L}\p{N}\p{P}\p{S}]/u;
/** Letters and symbols by category, but blank: fillers, variation selectors, the empty Braille cell. */
const BLANK = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The error that names what stands at `offset`; before it there is only what an expression has. */
export function unexpectedAt(expression: string, offset: number): CalculatorError {
  const from = Math.max(0, offset - 1);
  const around = expression.slice(from, offset + LOOKED_AT);
  const { segment, index } = CLUSTERS.segment(around).containing(offset - from) as {
    segment: string;
    index: number;
  };
  const column = from + index + 1;
  if (segment.length <= SHOWN && isVisible(segment)) return problem.unexpected(segment, column);
  const character = String.fromCodePoint(expression.codePointAt(offset) as number);
  return isVisible(character) ? problem.unexpected(character, column) : problem.invisible(column);
}

function isVisible(text: string): boolean {
  return BEGINS_VISIBLE.test(text) && VISIBLE.test(text) && !BLANK.test(text);
}
