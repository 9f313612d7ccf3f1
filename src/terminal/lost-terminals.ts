/**
 * Standard streams whose terminal has vanished. When Node exits it sets the modes of each terminal
 * that it was started on, does not expect that to fail, and aborts (SIGABRT or SIGSEGV) when it does.
 * It leaves a closed descriptor alone.
 */
import { closeSync, fstatSync } from 'node:fs';
import { createRequire } from 'node:module';

const STANDARD_STREAMS = [0, 1, 2];

/** At every exit of the process, that after an uncaught error too. */
export function closeLostTerminalsAtExit(): void {
  process.on('exit', closeLostTerminals);
}

function closeLostTerminals(): void {
  const devices = STANDARD_STREAMS.filter(fd => fstatSync(fd).isCharacterDevice());
  if (devices.length === 0) return;
  // It loads node:net, which no server needs before its end.
  const { isatty }: typeof import('node:tty') = createRequire(import.meta.url)('node:tty');
  // A device such as /dev/null is closed as well, which does no harm now.
  for (const fd of devices) if (!isatty(fd)) closeSync(fd);
}
