/** Names of machines, and the IPv4 addresses they stand for. */
import type { Address } from './sockets/address.ts';
import { isIPv4 } from './sockets/address.ts';

/** A name that has no IPv4 address here, and why. */
class CannotResolve extends Error {
  override readonly name = 'CannotResolve';
}

const REASONS: Record<string, string> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not answer',
};

/**
 * Whether it can be a host name (RFC 1123). What ends in a number is none: `127.1` and `0x7f.1` are
 * addresses to some, in notations that others read differently.
 */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 &&
    labels.every(label => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) as string)
  );
}

/**
 * The address with its host as numbers. Names are looked up as the system does it (getaddrinfo(3)).
 * The module for it is loaded for names alone: a server that is given an address needs none.
 */
export async function resolved({ host, port }: Address): Promise<Address> {
  if (isIPv4(host)) return { host, port };
  const { lookup } = await import('node:dns/promises');
  try {
    return { host: (await lookup(host, { family: 4 })).address, port };
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code] ?? message;
    throw new CannotResolve(
      `cannot find host '${host}': ${reason} (${code}); check the name, or give its IPv4 address`,
    );
  }
}
