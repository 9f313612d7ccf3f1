/**
 * A terminal that is gone. Usually SIGHUP tells, and that is the end; where it does not come, reads
 * and writes fail with EIO, and the client ends as if it had come.
 */
export function isHangUp({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EIO';
}
