/**
 * The commands of calcd as users see them. What a command accepts, what `--help`, the manual page
 * and the shells' completions say of it: all of it is read from this table.
 */
import type { ParseArgsConfig } from 'node:util';

export interface Usage {
  /** The heading it stands under. */
  readonly group: 'Servers' | 'Clients' | 'Tools';
  /** What follows the command's name. */
  readonly synopsis: string;
  readonly summary: string;
  readonly operands?: readonly Operand[];
  readonly options: readonly Option[];
  readonly example: string;
}

/** What is known by its place: HOST, PORT. */
export interface Operand {
  readonly name: string;
  /** The words it may be, where they are few. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface Option {
  readonly name: string;
  /** The name of its value: `FILE`, `DIR`, or choices like `text|json`; undefined for a switch. */
  readonly value?: string;
  /** It may be given several times. */
  readonly repeatable?: true;
  readonly help: string;
}

const HELP: Option = { name: 'help', help: 'show this help' };
const SERVER_QUIET: Option = { name: 'quiet', help: 'show no line per message' };
const LOG: Option = {
  name: 'log',
  value: 'text|json',
  help: 'lines for people, or an object a line for programs',
};
const TIMESTAMPS: Option = {
  name: 'timestamps',
  help: 'begin each line of text with the time (UTC)',
};
const COLOR: Option = {
  name: 'color',
  value: 'auto|always|never',
  help: 'colours: auto means on a terminal',
};
const UNTIL_EOF: Option = { name: 'until-eof', help: 'stop when standard input ends' };
const MAX_CLIENTS: Option = {
  name: 'max-clients',
  value: 'N',
  help: 'serve at most N clients at a time, refuse others',
};

const SERVER_NAMES = ['server1', 'server2', 'server3', 'server4'];

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

function serverUsage(name: string, summary: string, ...options: Option[]): Usage {
  return {
    group: 'Servers',
    synopsis: '[options] HOST PORT',
    summary,
    operands: [
      { name: 'HOST', help: "this machine's IPv4 address or name; 0.0.0.0 for all it has" },
      { name: 'PORT', help: 'where to listen; 0 lets the system choose; or HOST:PORT' },
    ],
    options: [SERVER_QUIET, LOG, TIMESTAMPS, COLOR, ...options, UNTIL_EOF, HELP],
    example: `calcd ${name} 127.0.0.1 5000`,
  };
}

export const USAGES = {
  server1: serverUsage('server1', 'calculator for one client at a time'),
  server2: serverUsage('server2', 'calculator with a thread for every client', MAX_CLIENTS),
  server3: serverUsage('server3', 'calculator for many clients by select(2)', MAX_CLIENTS),
  server4: serverUsage('server4', 'echo server for many clients by select(2)', MAX_CLIENTS),
  client: {
    group: 'Clients',
    synopsis: '[options] HOST PORT',
    summary: 'ask a server, line by line',
    operands: [
      { name: 'HOST', help: "the server's IPv4 address or name" },
      { name: 'PORT', help: 'where it listens; or HOST:PORT as one word' },
    ],
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
      COLOR,
      HELP,
    ],
    example: 'calcd client 127.0.0.1 5000',
  },
  check: {
    group: 'Tools',
    synopsis: '[options] ROLE -- PROGRAM WORD ...',
    summary: "judge anybody's server or client",
    operands: [
      {
        name: 'ROLE',
        choices: [...SERVER_NAMES, 'client', 'all'],
        help: 'what the program is; all for what --dir holds',
      },
      { name: 'PROGRAM', help: 'how to start it; {ip} and {port} stand for the address' },
    ],
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
    group: 'Clients',
    synopsis: '[options] [SERVER]',
    summary: 'start server3, or SERVER, and a client on it, in one terminal',
    operands: [{ name: 'SERVER', choices: SERVER_NAMES, help: 'which to try' }],
    options: [HELP],
    example: 'calcd try server1',
  },
  completion: {
    group: 'Tools',
    synopsis: 'SHELL',
    summary: "print a shell's completions for calcd",
    operands: [{ name: 'SHELL', choices: SHELLS, help: 'where they are for' }],
    options: [HELP],
    example: 'eval "$(calcd completion bash)"',
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
      {
        type: value ? 'string' : 'boolean',
        multiple: repeatable,
        ...(name === HELP.name && { short: 'h' }),
      } as const,
    ]),
  );
}
