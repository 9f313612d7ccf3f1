/** `calcd/sockets`: what the package offers of the sockets. */
export type { Address } from './address.ts';
export { nodeLoopDescriptor, nodeTurn } from './node-loop.ts';
export { FdSet, INTERRUPTED, select } from './select.ts';
export { type Accepted, type Direction, Socket, WOULD_BLOCK } from './socket.ts';
export type { SocketOption } from './socket-options.ts';
export { SystemError } from './system-error.ts';
