/**
 * The one place where calcd meets the operating system: every system call that serves clients, and
 * the clock, is a function of `system`. In production these are the calls themselves (native.ts,
 * which says what each takes and returns). `interpose` replaces them: with a kernel that a test
 * simulates, or with a tracer that notes each call and passes it on.
 */
import { nativeCalls } from './native.ts';

export type SystemCalls = typeof nativeCalls;

export const system: Readonly<SystemCalls> = { ...nativeCalls };

/**
 * Replaces system calls, in this thread and for all that calcd does in it.
 * @param replace is given the calls as they are, to pass on to, and returns those that change.
 * @returns a function that puts them back as they were.
 */
export function interpose(replace: (calls: SystemCalls) => Partial<SystemCalls>): () => void {
  const before = { ...system };
  Object.assign(system, replace(before));
  return () => void Object.assign(system, before);
}
