/**
 * Node's own event loop as something to select on. A thread that sits in select(2) starves it: no
 * signal handler, worker message or stream would run. But libuv itself waits on one descriptor,
 * which is readable when Node has something to do, so it takes its place among the sockets.
 * Timers are the exception: libuv counts them itself, so a loop around select has its own.
 */
import { system } from './system-calls.ts';

/** The descriptor of the main thread's event loop (uv_backend_fd). Readable: give Node a turn. */
export function nodeLoopDescriptor(): number {
  return system.nodeLoopDescriptor();
}

/**
 * Lets Node's loop go round once. What that sets off in turn (a promise's timer, one setImmediate
 * after another) is for further turns.
 */
export function nodeTurn(): Promise<void> {
  return system.nodeTick();
}
