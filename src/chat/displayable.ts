/**
 * What a server says, made fit for the user's terminal. Colours and the like are left out, because
 * some servers send them; what is invisible is shown as escapes, as in a server's log.
 */
import { asLines } from '../terminal/escapes.ts';

/**
 * Escape sequences (ECMA-48), each without the text around it: a string up to its end, a control
 * sequence up to its final byte, any other up to its one letter. A string that never ends is not
 * taken for one, or a server's words would vanish in it.
 */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;

const CONTROL_CHARACTERS = /[^\P{Cc}\n\t]/gu;

/** Without line ends at its end, escape sequences, or control characters but LF and tab. */
export function displayable(text: string): string {
  const plain = text.replace(ESCAPE_SEQUENCES, '').replace(CONTROL_CHARACTERS, '');
  return asLines(withoutLineEnds(plain));
}

/** A pattern such as /\n+$/ would try anew at each of many line feeds that are not at the end. */
function withoutLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}
