/**
 * Standard input as a sign of life: whoever started a server and holds the other end of its input
 * may vanish without a word, and the input ends then.
 *
 * A terminal is for those in its foreground. A server in the background (`calcd server3 --until-eof … &`)
 * that reads what is typed there would be stopped by SIGTTIN; with that ignored the read fails.
 */
import { Buffer } from 'node:buffer';
import { EAGAIN, EINTR, EIO } from '../sockets/native.ts';
import { system } from '../sockets/system-calls.ts';
import type { SelectLoop, Watcher } from './select/select-loop.ts';

const STDIN = 0;

/** How often a server looks whether it is in the foreground, while what was typed waits for others. */
const LOOK_AGAIN_MS = 500;

/** Calls `ended` once there is no more input. What comes before is discarded. */
export function onEndOfInput(loop: SelectLoop, ended: () => void): void {
  system.ignoreSignal('SIGTTIN');
  const discarded = Buffer.alloc(1024);
  const input: Watcher = {
    fd: STDIN,
    readable() {
      const received = system.read(STDIN, discarded, discarded.length);
      if (received > 0 || received === -EAGAIN || received === -EINTR) return;
      loop.forget(input);
      if (received === -EIO && system.isatty(STDIN)) {
        loop.after(LOOK_AGAIN_MS, () => loop.watchReads(input));
        return;
      }
      // An input that cannot be read, a terminal that has vanished among them, tells no more.
      ended();
    },
    writable() {},
  };
  loop.watchReads(input);
}
