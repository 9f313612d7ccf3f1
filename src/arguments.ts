/**
 * Values that commander cannot check itself: numbers within bounds, one line, and a server's address.
 * Each parser throws commander's InvalidArgumentError, whose message ends the message to the user.
 */
import { type Command, InvalidArgumentError } from 'commander';
import { isHostName } from './host.ts';
import { type Address, isIPv4 } from './sockets/address.ts';

const HIGHEST_PORT = 65_535;

/** The argument HOST, which may have the port attached: HOST:PORT. */
interface HostArgument {
  readonly host: string;
  readonly port: number | undefined;
}

/** @returns a parser of whole numbers within these bounds. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return text => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${lowest} to ${highest}.`);
  };
}

/** @returns a parser of seconds, with up to three decimals. */
export function seconds(longest: number): (text: string) => number {
  return text => {
    const value = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= longest) return value;
    throw new InvalidArgumentError(`It must be a number of seconds above 0, at most ${longest}.`);
  };
}

/** Adds a line to those of earlier options of the same name. */
export function addLine(text: string, earlier: readonly string[] = []): string[] {
  if (!text.includes('\n')) return [...earlier, text];
  throw new InvalidArgumentError('It must be one line; give the option once for each line.');
}

/** Gives a command the arguments HOST PORT, or HOST:PORT. @param lowestPort 0: the system may choose. */
export function addAddressArguments(
  command: Command,
  hostHelp: string,
  portHelp: string,
  lowestPort: 0 | 1,
): Command {
  const parsePort = wholeNumber(lowestPort, HIGHEST_PORT);
  return command
    .usage('[options] HOST PORT')
    .argument('<HOST>', hostHelp, text => parseHost(text, parsePort))
    .argument('[PORT]', `${portHelp}; HOST:PORT works too`, parsePort);
}

function parseHost(text: string, parsePort: (text: string) => number): HostArgument {
  const [host = '', port, ...more] = text.split(':');
  // With more colons it is IPv6, which the servers do not have.
  if (more.length > 0 || !(isIPv4(host) || isHostName(host))) {
    throw new InvalidArgumentError('It is not an IPv4 address or host name.');
  }
  return { host, port: port === undefined ? undefined : parsePort(port) };
}

/** The address from these two arguments, of which exactly one must have the port. */
export function addressFrom(
  command: Command,
  { host, port: attached }: HostArgument,
  port: number | undefined,
): Address {
  if (attached !== undefined && port !== undefined) command.error('PORT is given twice');
  return { host, port: port ?? attached ?? command.error("missing required argument 'PORT'") };
}
