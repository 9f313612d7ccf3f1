/**
 * Makes text from other programs safe to show: a character that a terminal obeys or does not show becomes
 * an escape, such as \x1b or \u{202e}. The properties of Unicode decide which characters these are, not a
 * list of ours: control, format, private and unassigned characters, separators other than the space, and
 * those that are ignorable by default (fillers, variation selectors, joiners).
 */

/** Combining marks shown in a row: as many as scripts need. More would cover the lines around them. */
const MARKS_IN_A_ROW = 4;

/**
 * Symbols, letters and marks without ink, which have no property of Unicode. These are the ones that
 * Unicode names blank, null or filler: Braille, a notehead, two hieroglyphs, and Khitan's filler.
 */
const BLANK = '\\u2800\\u{1d159}\\u{13441}\\u{13442}\\u{16fe4}';

const INVISIBLE = `[\\p{C}\\p{Z}\\p{Default_Ignorable_Code_Point}${BLANK}]|(?<=\\p{M}{${MARKS_IN_A_ROW}})\\p{M}`;

/** For one line of text. A backslash is escaped too, so that an escape can only be one. */
const NOT_FOR_A_LINE = new RegExp(`\\\\|(?! )(?:${INVISIBLE})`, 'gu');

/** For a quotation that escapes backslashes itself, as JSON does. */
export const INVISIBLE_IN_JSON: RegExp = new RegExp(`(?! )(?:${INVISIBLE})`, 'gu');

/** For text that may have several lines, and tabs. */
const NOT_FOR_A_SCREEN = new RegExp(`(?![ \\n\\t])(?:${INVISIBLE})`, 'gu');

/** One line, from which the exact text can be recovered. */
export function asOneLine(text: string): string {
  return text.replace(NOT_FOR_A_LINE, escaped);
}

/** Line ends, tabs and backslashes stay, so the exact text cannot be recovered. */
export function asLines(text: string): string {
  return text.replace(NOT_FOR_A_SCREEN, escaped);
}

/**
 * Escape sequences (ECMA-48), each without the text around it: a string up to its end, a control
 * sequence up to its final byte, any other up to its one letter. A string without an end is not
 * matched, or all text after its beginning would be lost.
 */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;

const CONTROL_CHARACTERS = /[^\P{Cc}\n\t]/gu;

/**
 * For the client: the text of a server, as the user is to see it. Without escape sequences, because
 * some servers send colours, and without other control characters and line ends at the end.
 */
export function displayable(text: string): string {
  const plain = text.replace(ESCAPE_SEQUENCES, '').replace(CONTROL_CHARACTERS, '');
  return asLines(withoutLineEnds(plain));
}

/** The pattern /\n+$/ would start anew at each line feed that is not at the end. */
function withoutLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

/** A byte that is not text. From 0x80 on, only bytes are escaped like this, never characters. */
export function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escaped(character: string): string {
  const code = character.codePointAt(0) as number;
  return NAMED[character] ?? (code < 0x80 ? escapedByte(code) : `\\u{${code.toString(16)}}`);
}
