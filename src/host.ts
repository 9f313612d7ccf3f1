/** Names of machines, and the IPv4 addresses they stand for. */
import type { Address } from './sockets/address.ts';
import { isIPv4 } from './sockets/address.ts';

/** A name that has no IPv4 address here, and why. */
export class CannotResolve extends Error {
  override readonly name = 'CannotResolve';
  readonly reason: string;
  readonly code: string;

  constructor(host: string, { code = 'unknown', message }: NodeJS.ErrnoException) {
    const reason = REASONS[code] ?? message;
    super(`cannot find host '${host}': ${reason} (${code})${NAME_ADVICE}`);
    this.reason = reason;
    this.code = code;
  }
}

export const NAME_ADVICE = '; check the name, or give its IPv4 address';

const REASONS: Record<string, string> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
};

/**
 * Whether it can be a host name (RFC 1123), perhaps with the dot that ends a name in full. What ends in
 * a number is none: `127.1` and `0x7f.1` are addresses to some, in notations that others read
 * differently.
 */
export function isHostName(text: string): boolean {
  const name = withoutLastDot(text);
  const labels = name.split('.');
  return (
    name.length <= 253 &&
    labels.every(label => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) as string)
  );
}

/**
 * The IPv4 addresses of a host, as numbers, in the order in which they are to be tried: at least one.
 * Names are looked up as the system does it (getaddrinfo(3)). The module for it is loaded only for
 * names: a server that is given an address needs none.
 * @throws CannotResolve
 */
export async function addressesOf({ host, port }: Address): Promise<Address[]> {
  if (isIPv4(host)) return [{ host, port }];
  try {
    const found = await lookedUp(host);
    return found.map(address => ({ host: address, port }));
  } catch (error) {
    throw new CannotResolve(host, error as NodeJS.ErrnoException);
  }
}

async function lookedUp(host: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises');
  const inOrder = async (name: string): Promise<string[]> => {
    const found = await lookup(name, { family: 4, all: true });
    return [...new Set(found.map(({ address }) => address))];
  };
  try {
    return await inOrder(host);
  } catch (error) {
    // The names in /etc/hosts have no dot at their end, and with one glibc does not find them.
    const name = withoutLastDot(host);
    if (name === host || (error as NodeJS.ErrnoException).code !== 'ENOTFOUND') throw error;
    return inOrder(name);
  }
}

function withoutLastDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
