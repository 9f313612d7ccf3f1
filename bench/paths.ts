/** Where the benchmark finds and leaves its files. */
import { fileURLToPath } from 'node:url';

const inBench = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Everything runs from here. */
export const PROJECT = inBench('..');
/** Compiled rivals, the generator and its scripts; not kept. */
export const BUILT = inBench('built');
export const RESULTS = inBench('results');
