/**
 * Standard input as a sign of life: whoever started a server and holds the other end of its input
 * may vanish without a word, and the input ends then.
 */
import { Buffer } from 'node:buffer';
import { EAGAIN, EINTR } from '../sockets/native.ts';
import { system } from '../sockets/system-calls.ts';
import type { SelectLoop, Watcher } from './select-loop.ts';

const STDIN = 0;

/** Calls `ended` once there is no more input. What comes before is discarded. */
export function onEndOfInput(loop: SelectLoop, ended: () => void): void {
  const discarded = Buffer.alloc(1024);
  const input: Watcher = {
    fd: STDIN,
    readable() {
      if (!isAtEnd(discarded)) return;
      loop.forget(input);
      ended();
    },
    writable() {},
  };
  loop.watchReads(input);
}

/** An input that cannot be read will not tell anything any more. */
function isAtEnd(buffer: Buffer): boolean {
  const received = system.read(STDIN, buffer, buffer.length);
  return received <= 0 && received !== -EAGAIN && received !== -EINTR;
}
