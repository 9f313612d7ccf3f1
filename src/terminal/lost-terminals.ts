/**
 * Standard streams whose terminal has vanished. When Node exits it sets the modes of each terminal
 * that it was started on, does not expect that to fail, and aborts (SIGABRT or SIGSEGV) when it does.
 * It leaves a closed descriptor alone.
 */
import { closeSync, fstatSync } from 'node:fs';

const STANDARD_STREAMS = [0, 1, 2];

/** Just before the exit: nothing can be read or written there any more. */
export async function closeLostTerminals(): Promise<void> {
  const devices = STANDARD_STREAMS.filter(fd => fstatSync(fd).isCharacterDevice());
  if (devices.length === 0) return;
  // Loads node:net, which no server needs before its end.
  const { isatty } = await import('node:tty');
  // A device such as /dev/null is closed as well, which does no harm now.
  for (const fd of devices) if (!isatty(fd)) closeSync(fd);
}
