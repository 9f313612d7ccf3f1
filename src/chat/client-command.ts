/** `calcd client`: from the words of the command line to what the client is told. */
import { type Arguments, oneOf, UsageError } from '../arguments.ts';
import { client } from '../client.ts';
import type { Address } from '../sockets/address.ts';
import { COLOUR_CHOICES } from '../terminal/colours.ts';
import type { StandardStreams } from '../terminal/standard-streams.ts';

/** A longer wait is none that anybody means. */
const LONGEST_TIMEOUT_S = 86_400;

/** @returns the exit code. */
export function runClientCommand(
  address: Address,
  options: Arguments['options'],
  { input, output, errors }: StandardStreams,
): Promise<number> {
  const lines = options.eval as string[] | undefined;
  return client({
    address,
    shows: shown(options),
    lines: lines?.map(oneLine),
    timeoutMs: timeout(options.timeout as string | undefined),
    retry: options.retry === true,
    strict: options.strict === true,
    keepsHistory: options['no-history'] !== true,
    colour: oneOf('--color', COLOUR_CHOICES, options.color) ?? 'auto',
    input,
    output,
    errors,
  });
}

function shown({ json, quiet, eval: lines }: Arguments['options']): 'session' | 'replies' | 'json' {
  if (json) return 'json';
  return quiet || lines ? 'replies' : 'session';
}

function oneLine(text: string): string {
  if (!text.includes('\n')) return text;
  throw new UsageError('--eval takes one line; give it several times for several');
}

function timeout(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const value = /^\d{1,5}(\.\d{1,3})?$/.test(seconds) ? Number(seconds) : Number.NaN;
  if (value > 0 && value <= LONGEST_TIMEOUT_S) return 1000 * value;
  throw new UsageError(
    `--timeout must be a number of seconds up to ${LONGEST_TIMEOUT_S}: '${seconds}'`,
  );
}
