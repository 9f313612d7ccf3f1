/** Opens the socket that a server's clients connect to. */
import { type Address, formatAddress } from '../sockets/address.ts';
import { Socket } from '../sockets/socket.ts';
import { SystemError } from '../sockets/system-error.ts';
import { BACKLOG, KEEPALIVE_S } from './limits.ts';

/** The address that cannot be listened on, and why. */
class CannotListen extends Error {
  override readonly name = 'CannotListen';

  constructor(address: Address, { reason, code }: SystemError) {
    super(`cannot listen on ${formatAddress(address)}: ${reason} (${code})`);
  }
}

/**
 * A non-blocking listening socket. What is set here the clients' sockets inherit: no delay, so that
 * a reply is not held back until the one before it is acknowledged, and keepalive.
 */
export function listenOn(address: Address): Socket {
  const listener = Socket.open();
  try {
    listener.setOption('reuseAddress', 1);
    listener.setOption('noDelay', 1);
    listener.setOption('keepAlive', 1);
    listener.setOption('keepIdle', KEEPALIVE_S);
    listener.setNonBlocking(true);
    listener.bind(address);
    listener.listen(BACKLOG);
    return listener;
  } catch (error) {
    listener.close();
    throw error instanceof SystemError ? new CannotListen(address, error) : error;
  }
}
