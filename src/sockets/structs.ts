/** The structs that the calls take, as bytes: struct sockaddr_in and struct timeval. */
import type { Address } from './address.ts';
import { AF_INET, SOCKADDR_HAS_LENGTH } from './constants.ts';
import { LONG_WORDS } from './ffi.ts';

export const SOCKADDR_IN_BYTES = 16;

/**
 * struct sockaddr_in: family, port and address, the last two in network byte order.
 * @param address that has been checked.
 */
export function encodeSockaddr({ host, port }: Address): Uint8Array {
  const bytes = new Uint8Array(SOCKADDR_IN_BYTES);
  if (SOCKADDR_HAS_LENGTH) bytes.set([SOCKADDR_IN_BYTES, AF_INET]);
  else bytes.set([AF_INET, 0]);
  bytes.set([port >> 8, port & 0xff, ...host.split('.').map(Number)], 2);
  return bytes;
}

/** Decodes the 16 bytes that accept(2) or getsockname(2) wrote. */
export function decodeSockaddr(bytes: Uint8Array): Address {
  const [high, low, ...octets] = bytes.subarray(2, 8);
  return { host: octets.join('.'), port: ((high as number) << 8) | (low as number) };
}

/**
 * struct timeval for 0 to 1e11 ms: the seconds fit into the low 32 bits, and the high ones stay 0. A
 * fraction of a microsecond is rounded up.
 */
export function encodeTimeval(ms: number): Int32Array {
  const timeval = new Int32Array(2 * LONG_WORDS);
  const microseconds = Math.ceil(ms * 1000);
  timeval[0] = Math.floor(microseconds / 1_000_000);
  timeval[LONG_WORDS] = microseconds % 1_000_000;
  return timeval;
}
