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
  /** Its value may be any text, also one that begins with a hyphen. */
  readonly anyText?: true;
  /** It may be given several times. */
  readonly repeatable?: true;
  readonly help: string;
}

const HELP: Option = { name: 'help', help: 'show this help' };
const SERVER_QUIET: Option = { name: 'quiet', help: 'do not log messages and replies' };
const LOG: Option = {
  name: 'log',
  value: 'text|json',
  help: 'log format (default: text)',
};
const TIMESTAMPS: Option = {
  name: 'timestamps',
  help: 'begin each line of text with the time (UTC)',
};
const COLOR: Option = {
  name: 'color',
  value: 'auto|always|never',
  help: 'colours (default: auto, only on a terminal)',
};
const UNTIL_EOF: Option = { name: 'until-eof', help: 'stop when standard input ends' };
const MAX_CLIENTS: Option = {
  name: 'max-clients',
  value: 'N',
  help: 'serve at most N clients at a time, refuse others',
};
const IDLE_TIMEOUT: Option = {
  name: 'idle-timeout',
  value: 'S',
  help: 'disconnect a client that is silent for S seconds (default: never)',
};

const SERVER_NAMES = ['server1', 'server2', 'server3', 'server4'];

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

function serverUsage(name: string, summary: string, ...options: Option[]): Usage {
  return {
    group: 'Servers',
    synopsis: '[options] HOST PORT',
    summary,
    operands: [
      { name: 'HOST', help: 'address to bind; 0.0.0.0 for all interfaces' },
      { name: 'PORT', help: 'port to listen on; 0 lets the system choose; or HOST:PORT' },
    ],
    options: [SERVER_QUIET, LOG, TIMESTAMPS, COLOR, ...options, IDLE_TIMEOUT, UNTIL_EOF, HELP],
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
      { name: 'PORT', help: "the server's port; or HOST:PORT as one word" },
    ],
    options: [
      {
        name: 'eval',
        value: 'LINE',
        anyText: true,
        repeatable: true,
        help: 'send LINE instead of reading standard input; repeatable',
      },
      { name: 'quiet', help: 'print only the replies' },
      { name: 'json', help: 'print one JSON object per request' },
      { name: 'strict', help: 'exit with 3 when a reply was an error (not at a prompt)' },
      {
        name: 'timeout',
        value: 'S',
        help: 'timeout in seconds for connecting and for each reply (default: 10)',
      },
      { name: 'retry', help: 'wait for a server to come up' },
      { name: 'no-history', help: 'do not read or write the history file' },
      COLOR,
      HELP,
    ],
    example: 'calcd client 127.0.0.1 5000',
  },
  check: {
    group: 'Tools',
    synopsis: '[options] ROLE -- COMMAND [ARG ...]',
    summary: "judge anybody's server or client",
    operands: [
      {
        name: 'ROLE',
        choices: [...SERVER_NAMES, 'client', 'all'],
        help: 'what the program is; all: the programs in --dir',
      },
      { name: 'COMMAND', help: 'how to start it; {ip} and {port} stand for the address' },
    ],
    options: [
      { name: 'dir', value: 'DIR', help: 'with ROLE all: the folder with the programs' },
      { name: 'only', value: 'ITEM', repeatable: true, help: 'run only this item; repeatable' },
      { name: 'json', help: 'print the report as JSON' },
      { name: 'junit', value: 'FILE', help: "also write the report to FILE, in JUnit's format" },
      { name: 'list', help: 'list the items, only those for ROLE if given' },
      HELP,
    ],
    example: 'calcd check server3 -- python3 server3.py {ip} {port}',
  },
  try: {
    group: 'Clients',
    synopsis: '[options] [SERVER]',
    summary: 'start server3, or SERVER, and a client on it, in one terminal',
    operands: [
      { name: 'SERVER', choices: SERVER_NAMES, help: 'the server to start (default: server3)' },
    ],
    options: [HELP],
    example: 'calcd try server1',
  },
  completion: {
    group: 'Tools',
    synopsis: 'SHELL',
    summary: "print a shell's completions for calcd",
    operands: [{ name: 'SHELL', choices: SHELLS, help: 'the shell that will read them' }],
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
