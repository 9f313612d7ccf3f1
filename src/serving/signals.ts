/**
 * The signals a server hears. SIGINT and SIGTERM ask a server to stop. Only the first of them: after it the signals have their
 * usual effect again, so a second one ends the process at once, whatever it is busy with.
 */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Calls `stop` once with the signal's name. */
export function onStopSignal(stop: (signal: string) => void): void {
  const once = (signal: string): void => {
    for (const name of STOP_SIGNALS) process.off(name, once);
    stop(signal);
  };
  for (const name of STOP_SIGNALS) process.on(name, once);
}

/** Calls `summarize` each time somebody asks how it goes: SIGUSR2. */
export function onSummarySignal(summarize: () => void): void {
  process.on('SIGUSR2', summarize);
}
