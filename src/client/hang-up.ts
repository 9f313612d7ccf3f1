/**
 * A terminal that is gone. Usually SIGHUP tells, and that is the end; where it does not come, reads
 * and writes fail with EIO. Node cannot exit then: it aborts when it puts the terminal's modes back.
 */
export function isHangUp({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EIO';
}

/** Does what the signal would have done. */
export function hangUp(): void {
  process.kill(process.pid, 'SIGHUP');
}
