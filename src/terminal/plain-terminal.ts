/**
 * Terminals that print escape sequences instead of obeying them, such as an editor's shell window.
 * The kind of terminal is named in TERM; where TERM is not set, nothing is known of it.
 */

/** Kinds that can do nothing but print (terminfo(5)). */
const PLAIN_KINDS = new Set(['', 'dumb', 'unknown']);

export function isPlainTerminal(): boolean {
  return PLAIN_KINDS.has(process.env.TERM ?? '');
}
