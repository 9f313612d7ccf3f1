/** IPv4 addresses with their port, as people write them. */
import { wrongType } from './checks.ts';

export interface Address {
  /** Dotted decimal: `127.0.0.1`. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
}

export function formatAddress({ host, port }: Address): string {
  return `${host}:${port}`;
}

/** Four numbers from 0 to 255, without leading zeros, which some programs read as octal. */
export function isIPv4(text: string): boolean {
  const octets = text.split('.');
  return (
    octets.length === 4 && octets.every(octet => /^(0|[1-9]\d{0,2})$/.test(octet) && +octet <= 255)
  );
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

/** Returns a copy: a getter of the caller's object could return another value after the check. */
export function checkedAddress(address: Address): Address {
  if (typeof address !== 'object' || address === null) {
    throw wrongType('address', 'an object with host and port', address);
  }
  const { host, port } = address;
  if (typeof host !== 'string') throw wrongType('host', 'a string', host);
  if (typeof port !== 'number') throw wrongType('port', 'a number', port);
  if (isIPv4(host) && isPort(port)) return { host, port };
  throw new RangeError(`not an IPv4 address and port: ${formatAddress({ host, port })}`);
}
