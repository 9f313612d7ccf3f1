/**
 * Standard streams whose terminal has vanished. When Node exits it sets the modes of each terminal
 * that it was started on, does not expect that to fail, and aborts (SIGABRT or SIGSEGV) when it does.
 * It leaves a descriptor alone that has become another file's.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';

const STANDARD_STREAMS = [0, 1, 2];

/** At every exit of the process, that after an uncaught error too. */
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
    // which does no harm now. Left closed, the FFI would complain that it cannot flush it.
    closeSync(fd);
    openSync('/dev/null', 'r+');
  }
}
