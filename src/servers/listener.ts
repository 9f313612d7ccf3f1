/** Opens the socket that a server's clients connect to. */
import { type Address, formatAddress } from '../sockets/address.ts';
import { Socket } from '../sockets/socket.ts';
import { SystemError } from '../sockets/system-error.ts';
import { BACKLOG, KEEPALIVE_S } from './limits.ts';

/** Ports below are for those whom the system trusts, as a rule. */
const FIRST_ORDINARY_PORT = 1024;

/** The address that cannot be listened on, why, and what to do about it. */
class CannotListen extends Error {
  override readonly name = 'CannotListen';
  readonly code: string;

  constructor(address: Address, error: SystemError) {
    super(
      `cannot listen on ${formatAddress(address)}: ${error.reason} (${error.code})` +
        adviceFor(error.code, address.port),
    );
    this.code = error.code;
  }
}

function adviceFor(code: string, port: number): string {
  if (code === 'EADDRINUSE') return '; choose another port, or stop what listens there';
  if (code === 'EADDRNOTAVAIL') {
    return '; this machine does not have that address: choose 127.0.0.1, or 0.0.0.0 for all it has';
  }
  if (code === 'EACCES' && port < FIRST_ORDINARY_PORT) {
    return `; ports below ${FIRST_ORDINARY_PORT} need privileges: choose a higher one`;
  }
  return '';
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
