/** The error of a system call in words, with its code: `no space left on device (ENOSPC)`. */
import { getSystemErrorMap } from 'node:util';

export function reasonOf({ errno, code, message }: NodeJS.ErrnoException): string {
  const known = getSystemErrorMap().get(errno ?? 0);
  return known ? `${known[1]} (${known[0]})` : `${message}${code ? ` (${code})` : ''}`;
}
