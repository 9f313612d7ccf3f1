/** What asks a server to stop, or to report: signals, and the end of its standard input. */
import { Buffer } from 'node:buffer';
import { EAGAIN, EINTR, EIO } from '../sockets/constants.ts';
import { system } from '../sockets/system-calls.ts';
import type { EventHandler, SelectLoop } from './select/select-loop.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const STDIN = 0;

/** How often a server in the background checks whether it is in the foreground again. */
const FOREGROUND_CHECK_MS = 500;

/**
 * Calls `stop` with the name of the first SIGINT or SIGTERM. Then both signals have their
 * default effect again: a second one ends the process at once.
 */
export function onStopSignal(stop: (signal: string) => void): void {
  const once = (signal: string): void => {
    for (const name of STOP_SIGNALS) process.off(name, once);
    stop(signal);
  };
  for (const name of STOP_SIGNALS) process.on(name, once);
}

/** Calls `summarize` on each SIGUSR2. */
export function onSummarySignal(summarize: () => void): void {
  process.on('SIGUSR2', summarize);
}

/**
 * Calls `ended` at the end of standard input: the program that started the server has ended or has
 * closed its pipe. The input itself is discarded.
 *
 * Only a foreground process may read from a terminal. A server in the background
 * (`calcd server3 --until-eof … &`) that reads would be stopped by SIGTTIN; with that signal ignored
 * the read fails with EIO.
 */
export function onStdinEof(loop: SelectLoop, ended: () => void): void {
  system.ignoreSignal('SIGTTIN');
  const discarded = Buffer.alloc(1024);
  const stdin: EventHandler = {
    fd: STDIN,
    onReadable() {
      const received = system.read(STDIN, discarded, discarded.length);
      if (received > 0 || received === -EAGAIN || received === -EINTR) return;
      loop.unwatch(stdin);
      if (received === -EIO && system.isatty(STDIN)) {
        loop.after(FOREGROUND_CHECK_MS, () => loop.watchReads(stdin));
        return;
      }
      // Also when stdin cannot be read, for example because its terminal has vanished.
      ended();
    },
    onWritable() {},
  };
  loop.watchReads(stdin);
}
