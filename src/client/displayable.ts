/** What a server says, made fit for the user's terminal. */
import { stripVTControlCharacters } from 'node:util';

/** Without line ends at its end, escape sequences, or control characters but LF and tab. */
export function displayable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/\n+$/, '');
}
