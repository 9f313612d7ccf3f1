/**
 * Standard streams whose terminal has vanished. When Node exits, it restores the modes of each terminal
 * that it was started on, and aborts (SIGABRT or SIGSEGV) when that fails. So such a descriptor is given
 * to another file, which Node does not touch.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';

const STANDARD_STREAMS = [0, 1, 2];

/** At every exit of the process, also after an uncaught error. */
export function replaceLostTerminalsAtExit(): void {
  process.on('exit', replaceLostTerminals);
}

function replaceLostTerminals(): void {
  const devices = STANDARD_STREAMS.filter(fd => fstatSync(fd).isCharacterDevice());
  if (devices.length === 0) return;
  // It loads node:net, which no server needs before its end.
  const { isatty } = process.getBuiltinModule('node:tty');
  for (const fd of devices) {
    if (isatty(fd)) continue;
    // A new file has the lowest number that is free. Devices such as /dev/full are replaced as well,
    // which does no harm at the end. If the descriptor stayed closed, the FFI would fail to flush it.
    closeSync(fd);
    openSync('/dev/null', 'r+');
  }
}
