/** Host names, and the IPv4 addresses they stand for. */
import type { Address } from './sockets/address.ts';
import { isIPv4 } from './sockets/address.ts';

/** A name that has no IPv4 address, and the reason. */
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
 * Whether it can be a host name (RFC 1123), with or without the dot at the end of a full name. What ends
 * in a number is not a name: some systems take `127.1` and `0x7f.1` for addresses, and others do not.
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
 * The IPv4 addresses of a host, in the order in which to try them: at least one. Names are looked up by
 * getaddrinfo(3). The module for it is loaded only for names: a server with an address does not need it.
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
    // glibc does not find a name of /etc/hosts that has a dot at its end.
    const name = withoutLastDot(host);
    if (name === host || (error as NodeJS.ErrnoException).code !== 'ENOTFOUND') throw error;
    return inOrder(name);
  }
}

function withoutLastDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
