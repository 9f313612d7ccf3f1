/** The options of a socket that calcd sets, and their values as setsockopt(2) takes them. */
import { checkedInteger, checkedName, INT_MAX, INT_MIN, notAnInteger } from './checks.ts';
import {
  IPPROTO_TCP,
  SO_KEEPALIVE,
  SO_OOBINLINE,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
  USER_TIMEOUT_UNITS,
} from './constants.ts';
import { encodeTimeval } from './structs.ts';

/** 100,000,000 seconds: a timeval holds it on every system (select.ts). */
const LONGEST_TIMEOUT_S = 1e8;

/**
 * SO_REUSEADDR, SO_KEEPALIVE, SO_OOBINLINE and SO_RCVTIMEO (socket(7)), TCP_KEEPIDLE, TCP_KEEPINTVL,
 * TCP_KEEPCNT, TCP_USER_TIMEOUT and TCP_NODELAY (tcp(7)). Sockets that `accept` returns have the
 * options of the listening socket.
 */
export type SocketOption =
  | 'reuseAddress'
  | 'keepAlive'
  | 'outOfBandInline'
  | 'receiveTimeout'
  | 'keepIdle'
  | 'keepInterval'
  | 'keepCount'
  | 'userTimeout'
  | 'noDelay';

const OPTIONS: Record<SocketOption, readonly [level: number, name: number]> = {
  reuseAddress: [SOL_SOCKET, SO_REUSEADDR],
  keepAlive: [SOL_SOCKET, SO_KEEPALIVE],
  outOfBandInline: [SOL_SOCKET, SO_OOBINLINE],
  receiveTimeout: [SOL_SOCKET, SO_RCVTIMEO],
  keepIdle: [IPPROTO_TCP, TCP_KEEPIDLE],
  keepInterval: [IPPROTO_TCP, TCP_KEEPINTVL],
  keepCount: [IPPROTO_TCP, TCP_KEEPCNT],
  userTimeout: [IPPROTO_TCP, TCP_USER_TIMEOUT],
  noDelay: [IPPROTO_TCP, TCP_NODELAY],
};

/** An option and its value, as setsockopt(2) takes them. */
interface EncodedOption {
  readonly level: number;
  readonly name: number;
  readonly value: Int32Array;
}

export function encodeOption(option: SocketOption, value: number): EncodedOption {
  const [level, name] = checkedName('option', OPTIONS, option);
  return { level, name, value: encodeValue(option, value) };
}

function encodeValue(option: SocketOption, value: number): Int32Array {
  if (option === 'receiveTimeout') return encodeTimeval(1000 * checkedSeconds(value));
  const unit = option === 'userTimeout' ? USER_TIMEOUT_UNITS : 1;
  const [least, most] = [Math.ceil(INT_MIN / unit), Math.floor(INT_MAX / unit)];
  return new Int32Array([unit * checkedInteger('value', value, least, most)]);
}

function checkedSeconds(value: number): number {
  const isNumber = typeof value === 'number';
  if (isNumber && value >= 0 && value <= LONGEST_TIMEOUT_S) return value;
  throw notAnInteger('value', value, `seconds, 0 to ${LONGEST_TIMEOUT_S}`);
}
