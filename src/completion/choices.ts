/** What the values of options may be, as far as their names in the table of commands tell it. */

/** The words that a value named `auto|always|never` may be; none when it may be anything. */
export function choicesOf(value: string): string[] {
  return value.includes('|') ? value.split('|') : [];
}

/** In single quotes for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
