/** Opens the listening socket of a server, with all the options that its clients' sockets inherit. */
import { type Address, formatAddress } from '../sockets/address.ts';
import { Socket } from '../sockets/socket.ts';
import { SystemError, survivable } from '../sockets/system-error.ts';
import {
  BACKLOG,
  KEEPALIVE_COUNT,
  KEEPALIVE_IDLE_S,
  KEEPALIVE_INTERVAL_S,
  USER_TIMEOUT_S,
} from './limits.ts';

/** Ports below it usually need privileges. */
const FIRST_ORDINARY_PORT = 1024;

/** The address, why it cannot be listened on, and what to do about it. */
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
  if (code === 'EADDRINUSE') return '; choose another port, or stop the program that listens there';
  if (code === 'EADDRNOTAVAIL') {
    return '; this machine does not have that address: choose 127.0.0.1, or 0.0.0.0 for all interfaces';
  }
  if (code === 'EACCES' && port < FIRST_ORDINARY_PORT) {
    return `; ports below ${FIRST_ORDINARY_PORT} need privileges: choose a higher one`;
  }
  return '';
}

/** A listening socket and its address. */
interface Listening {
  readonly listener: Socket;
  readonly address: Address;
}

/**
 * A non-blocking listening socket. Its clients' sockets inherit the options: TCP_NODELAY, so that a
 * reply does not wait until the one before it is acknowledged; urgent data in its place in the
 * stream; keepalive and the user timeout, which end the connection when the peer's machine vanishes.
 */
export function listenOn(address: Address): Listening {
  let listener: Socket | undefined;
  try {
    listener = Socket.open();
    listener.setOption('reuseAddress', 1);
    listener.setOption('noDelay', 1);
    listener.setOption('outOfBandInline', 1);
    listener.setOption('keepAlive', 1);
    listener.setOption('keepIdle', KEEPALIVE_IDLE_S);
    listener.setOption('keepInterval', KEEPALIVE_INTERVAL_S);
    listener.setOption('keepCount', KEEPALIVE_COUNT);
    listener.setOption('userTimeout', USER_TIMEOUT_S);
    listener.setNonBlocking(true);
    listener.bind(address);
    listener.listen(BACKLOG);
    return { listener, address: boundAddress(listener, address) };
  } catch (error) {
    listener?.close();
    throw error instanceof SystemError ? new CannotListen(address, error) : error;
  }
}

/** With the real port. If port 0 was wanted, only the system knows it. */
function boundAddress(listener: Socket, wanted: Address): Address {
  try {
    return listener.localAddress();
  } catch (error) {
    if (wanted.port === 0) throw error;
    survivable(error);
    return wanted;
  }
}
