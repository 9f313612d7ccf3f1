/**
 * Node's own event loop as a descriptor for select(2). A thread that waits in select starves Node: no
 * signal handler, worker message or stream would run. But libuv itself waits on one descriptor, which
 * is readable when Node has something to do: so select can wait for it too. Timers are the exception,
 * because they make no descriptor readable: a loop around select needs its own.
 */
import { system } from './system-calls.ts';

/** The descriptor of the main thread's event loop (uv_backend_fd). When readable, call `nodeTurn`. */
export function nodeLoopDescriptor(): number {
  return system.nodeLoopDescriptor();
}

/**
 * Runs one iteration of Node's event loop. What that starts (a timer, another setImmediate) runs in
 * later iterations.
 */
export function nodeTurn(): Promise<void> {
  return system.nodeTick();
}
