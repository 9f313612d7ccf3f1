/** The commands of calcd as users see them: what they take, and what `--help` says. */
import type { ParseArgsConfig } from 'node:util';

export interface Usage {
  /** What follows the command's name. */
  readonly synopsis: string;
  readonly summary: string;
  readonly options: readonly Option[];
  readonly example: string;
}

interface Option {
  readonly name: string;
  /** The name of its value; undefined for a switch. */
  readonly value?: string;
  /** It may be given several times. */
  readonly repeatable?: true;
  readonly help: string;
}

const HELP: Option = { name: 'help', help: 'show this help' };
const SERVER_QUIET: Option = { name: 'quiet', help: 'show no line per message' };
const UNTIL_EOF: Option = { name: 'until-eof', help: 'stop when standard input ends' };
const MAX_CLIENTS: Option = {
  name: 'max-clients',
  value: 'N',
  help: 'serve at most N clients at a time, refuse others',
};

function serverUsage(name: string, summary: string, ...options: Option[]): Usage {
  return {
    synopsis: '[options] IP PORT',
    summary,
    options: [SERVER_QUIET, ...options, UNTIL_EOF, HELP],
    example: `calcd ${name} 127.0.0.1 5000`,
  };
}

export const USAGES = {
  server1: serverUsage('server1', 'calculator for one client at a time'),
  server2: serverUsage('server2', 'calculator with a thread for every client', MAX_CLIENTS),
  server3: serverUsage('server3', 'calculator for many clients by select(2)', MAX_CLIENTS),
  server4: serverUsage('server4', 'echo server for many clients by select(2)', MAX_CLIENTS),
  client: {
    synopsis: '[options] IP PORT',
    summary: 'ask a server, line by line',
    options: [
      {
        name: 'eval',
        value: 'LINE',
        repeatable: true,
        help: 'send LINE, not the input; repeatable',
      },
      { name: 'quiet', help: 'print the replies alone' },
      { name: 'json', help: 'print an object a line for each exchange' },
      { name: 'strict', help: 'exit with 3 when a reply was an error (not at a prompt)' },
      { name: 'timeout', value: 'S', help: 'wait S seconds for a connection or reply, not 10' },
      { name: 'retry', help: 'wait for a server to come up' },
      { name: 'no-history', help: 'neither remember nor offer what was entered' },
      { name: 'color', value: 'WHEN', help: 'auto (on a terminal), always or never' },
      HELP,
    ],
    example: 'calcd client 127.0.0.1 5000',
  },
  check: {
    synopsis: '[options] ROLE -- PROGRAM WORD ...',
    summary: "judge anybody's server or client; {ip} and {port} stand for the address",
    options: [
      { name: 'dir', value: 'DIR', help: 'with ROLE all: judge what DIR holds, found by name' },
      { name: 'only', value: 'ITEM', repeatable: true, help: 'this item alone; repeatable' },
      { name: 'json', help: 'print the report as JSON' },
      { name: 'junit', value: 'FILE', help: "write the report in JUnit's format as well" },
      { name: 'list', help: 'list the items, of ROLE if given' },
      HELP,
    ],
    example: 'calcd check server3 -- python3 server3.py {ip} {port}',
  },
  try: {
    synopsis: '[SERVER]',
    summary: 'start server3, or SERVER, and a client on it, in one terminal',
    options: [HELP],
    example: 'calcd try server1',
  },
} as const satisfies Record<string, Usage>;

export type CommandName = keyof typeof USAGES;

export function isCommandName(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(USAGES, name);
}

/** The options of a command, as parseArgs takes them. */
export function parseArgsOptions({ options }: Usage): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    options.map(({ name, value, repeatable = false }) => [
      name,
      { type: value ? 'string' : 'boolean', multiple: repeatable } as const,
    ]),
  );
}

export function generalHelp(): string {
  const commands = Object.entries(USAGES).map(([name, usage]): [string, string] => [
    `${name} ${usage.synopsis}`,
    usage.summary,
  ]);
  return `calcd: a calculator on a TCP socket and four ways to serve it

Usage: calcd COMMAND ...

${columns(commands)}

calcd COMMAND --help tells more; calcd --version tells the version.`;
}

export function commandHelp(name: CommandName): string {
  const usage: Usage = USAGES[name];
  const options = usage.options.map(({ name, value, help }): [string, string] => [
    `--${name}${value ? ` ${value}` : ''}`,
    help,
  ]);
  return `Usage: calcd ${name} ${usage.synopsis}

${usage.summary[0]?.toUpperCase()}${usage.summary.slice(1)}.

${columns(options)}

Example: ${usage.example}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
