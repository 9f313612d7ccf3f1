/** From the words of a command line to checked values; what is wrong with them is a UsageError. */
import { parseArgs } from 'node:util';
import { isHostName } from './host.ts';
import { type Address, isIPv4 } from './sockets/address.ts';
import { suggestion } from './suggestion.ts';
import { type CommandName, parseArgsOptions, USAGES, type Usage } from './usage.ts';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | string[] | undefined>>;
}

export function parseArguments(command: CommandName, words: readonly string[]): Arguments {
  try {
    const options = parseArgsOptions(USAGES[command]);
    const args = withTextAttached(command, words);
    const parsed = parseArgs({ args, options, allowPositionals: true });
    return { positionals: parsed.positionals, options: parsed.values as Arguments['options'] };
  } catch (error) {
    const [complaint] = (error as Error).message.split(/\.\s/) as [string];
    const lowerCase = complaint.charAt(0).toLowerCase() + complaint.slice(1);
    throw new UsageError(`${lowerCase}${optionMeant(command, complaint)}`);
  }
}

/**
 * parseArgs takes a value that begins with a hyphen only when it is attached: `--eval=-5 + 3`. So it
 * is attached where the option takes any text, unless it is an option itself and the text is missing.
 */
function withTextAttached(command: CommandName, words: readonly string[]): string[] {
  const { options }: Usage = USAGES[command];
  const takesText = (word: string): boolean =>
    options.some(({ name, anyText }) => anyText && word === `--${name}`);
  const isOption = (word: string): boolean =>
    ['--', '-h', ...options.map(({ name }) => `--${name}`)].includes(word.replace(/=.*/s, ''));
  const attached: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const [word, next = ''] = words.slice(index) as [string, string?];
    if (word === '--') return [...attached, ...words.slice(index)];
    if (takesText(word) && next.startsWith('-') && !isOption(next)) {
      attached.push(`${word}=${next}`);
      index++;
    } else {
      attached.push(word);
    }
  }
  return attached;
}

function optionMeant(command: CommandName, complaint: string): string {
  const [, unknown] = /^Unknown option '(.*)'$/.exec(complaint) ?? [];
  const names = USAGES[command].options.map(({ name }) => `--${name}`);
  return unknown === undefined ? '' : suggestion(unknown, names);
}

/**
 * HOST and PORT, both and nothing else, or HOST:PORT as one word.
 * @param lowestPort 0 where the system may choose.
 */
export function addressFrom(positionals: readonly string[], lowestPort: 0 | 1): Address {
  const [host, port, ...more] = positionals.length === 1 ? parted(positionals) : positionals;
  if (host === undefined) throw new UsageError('HOST and PORT are missing');
  const isHost = isIPv4(host) || isHostName(host);
  if (port === undefined && (isHost || !host.includes(':'))) {
    throw new UsageError(`${isHost ? 'PORT' : 'HOST or PORT'} is missing`);
  }
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`);
  if (!isHost) throw new UsageError(`not an IPv4 address or host name: '${host}'`);
  return { host, port: wholeNumber('port', port ?? '', lowestPort, 65_535) };
}

/** What stands on either side of a colon. Where there are more it is IPv6, which is not spoken here. */
function parted([word = '']: readonly string[]): readonly string[] {
  const parts = word.split(':');
  return parts.length === 2 ? parts : [word];
}

/** One of a few words; undefined when the option is not given. */
export function oneOf<T extends string>(
  option: string,
  choices: readonly T[],
  value: unknown,
): T | undefined {
  const known = choices.find(choice => choice === value);
  if (known !== undefined || value === undefined) return known;
  throw new UsageError(`${option} must be ${choices.join(', ')}: '${value}'`);
}

/** A whole number from 1 on; undefined when the option is not given. */
export function optionalNumber(
  option: string,
  value: unknown,
  highest: number,
): number | undefined {
  return typeof value === 'string' ? wholeNumber(option, value, 1, highest) : undefined;
}

export function wholeNumber(what: string, text: string, lowest: number, highest: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  throw new UsageError(`${what} must be a whole number from ${lowest} to ${highest}: '${text}'`);
}
