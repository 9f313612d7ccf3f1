/**
 * The commands of calcd: their arguments, options and help, and what they run. The code of a
 * command is loaded only when that command runs, so that each one starts fast.
 */
import { Argument, type Command, Option } from 'commander';
import { addAddressArguments, addLine, addressFrom, seconds, wholeNumber } from './arguments.ts';
import { addressesOf } from './host.ts';
import { LOG_FORMATS } from './serving/log/log-format.ts';
import type { ServerOptions } from './serving/server.ts';
import type { Address } from './sockets/address.ts';
import { requireSystem } from './sockets/platform.ts';
import { COLOUR_CHOICES, type ColourChoice } from './terminal/colours.ts';
import type { StandardStreams } from './terminal/standard-streams.ts';

interface Definition {
  /** The heading it stands under in the help. */
  readonly group: 'Servers:' | 'Clients:' | 'Tools:';
  readonly summary: string;
  readonly example: string;
  /** Adds the arguments and options, and what the command runs. */
  define(command: Command, streams: StandardStreams): void;
}

const SERVERS = {
  server1: async () => (await import('./server1.ts')).server1,
  server2: async () => (await import('./server2.ts')).server2,
  server3: async () => (await import('./server3.ts')).server3,
  server4: async () => (await import('./server4.ts')).server4,
};
type ServerName = keyof typeof SERVERS;
const SERVER_NAMES = Object.keys(SERVERS);

/** The function that makes the completion script of each shell. */
export const SHELLS = {
  bash: async () => (await import('./completion/bash.ts')).bash,
  zsh: async () => (await import('./completion/zsh.ts')).zsh,
  fish: async () => (await import('./completion/fish.ts')).fish,
};

export const COMMANDS: Readonly<Record<string, Definition>> = {
  server1: server('server1', 'calculator for one client at a time'),
  server2: server('server2', 'calculator with one thread per client'),
  server3: server('server3', 'calculator for many clients, with select(2)'),
  server4: server('server4', 'echo server for many clients, with select(2)'),
  client: {
    group: 'Clients:',
    summary: 'send lines to a server and print its replies',
    example: 'calcd client 127.0.0.1 5000',
    define: defineClient,
  },
  try: {
    group: 'Clients:',
    summary: 'start a server and a client in one terminal',
    example: 'calcd try server1',
    define: defineTry,
  },
  check: {
    group: 'Tools:',
    summary: 'test a server or client, written in any language',
    example: 'calcd check server3 -- python3 server3.py {ip} {port}',
    define: defineCheck,
  },
  completion: {
    group: 'Tools:',
    summary: 'print a script that completes calcd commands in a shell',
    example: 'eval "$(calcd completion bash)"',
    define: defineCompletion,
  },
};

function server(name: ServerName, summary: string): Definition {
  return {
    group: 'Servers:',
    summary,
    example: `calcd ${name} 127.0.0.1 5000`,
    define: command => defineServer(command, name),
  };
}

/** Highest --max-clients: about the most descriptors that a process can have. */
const MOST_CLIENTS = 1_000_000;

/** The longest idle timeout: a year. */
const LONGEST_IDLE_S = 31_536_000;

/** The longest timeout of the client: a day. */
const LONGEST_TIMEOUT_S = 86_400;

interface ServerFlags {
  readonly quiet?: true;
  readonly log: (typeof LOG_FORMATS)[number];
  readonly timestamps?: true;
  readonly color: ColourChoice;
  readonly maxClients?: number;
  readonly idleTimeout?: number;
  readonly untilEof?: true;
}

function defineServer(command: Command, name: ServerName): void {
  const bind = 'address to bind; 0.0.0.0 for all interfaces';
  addAddressArguments(command, bind, 'port to listen on; 0: any free port', 0)
    .option('--quiet', 'do not log messages and replies')
    .addOption(new Option('--log <FORMAT>', 'log format').choices(LOG_FORMATS).default('text'))
    .option('--timestamps', 'start each line with the time (UTC); not for JSON')
    .addOption(colorOption());
  if (name !== 'server1') {
    const parse = wholeNumber(1, MOST_CLIENTS);
    command.option('--max-clients <N>', 'serve at most N clients at a time; refuse others', parse);
  }
  command
    .option(
      '--idle-timeout <S>',
      'disconnect a client that is silent for S seconds (default: never)',
      wholeNumber(1, LONGEST_IDLE_S),
    )
    .option('--until-eof', 'stop when standard input ends')
    .action(async (host, port, flags: ServerFlags) => {
      const addresses = await addressesOf(addressFrom(command, host, port));
      await serve(name, addresses, {
        log: {
          quiet: flags.quiet === true,
          format: flags.log,
          timestamps: flags.timestamps === true,
          colour: flags.color,
        },
        untilEof: flags.untilEof === true,
        maxClients: flags.maxClients,
        idleTimeout: flags.idleTimeout,
      });
    });
}

/** Listens on the first address that this machine has: a name may have addresses of several machines. */
async function serve(
  name: ServerName,
  [address, ...others]: readonly Address[],
  options: Omit<ServerOptions, 'address'>,
): Promise<void> {
  requireSystem();
  const run = await SERVERS[name]();
  try {
    await run({ ...options, address: address as Address });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRNOTAVAIL' || others.length === 0) throw error;
    await serve(name, others, options);
  }
}

interface ClientFlags {
  readonly eval?: readonly string[];
  readonly quiet?: true;
  readonly json?: true;
  readonly strict?: true;
  readonly timeout?: number;
  readonly retry?: true;
  readonly history: boolean;
  readonly color: ColourChoice;
}

function defineClient(command: Command, streams: StandardStreams): void {
  addAddressArguments(command, "the server's IPv4 address or name", "the server's port", 1)
    .option('--eval <LINE>', 'send LINE instead of reading standard input; repeatable', addLine)
    .option('--quiet', 'print only the replies')
    .option('--json', 'print one JSON object per request')
    .option('--strict', 'exit with code 3 if a reply was an error (not at a prompt)')
    .option(
      '--timeout <S>',
      'timeout in seconds for connecting and for each reply (default: 10)',
      seconds(LONGEST_TIMEOUT_S),
    )
    .option('--retry', 'try again until a server accepts the connection')
    .option('--no-history', 'do not read or write the history file')
    .addOption(colorOption())
    .action(async (host, port, flags: ClientFlags) => {
      const address = addressFrom(command, host, port);
      const { eval: lines, timeout } = flags;
      const { input, output, errors } = streams;
      const { client } = await import('./client.ts');
      process.exitCode = await client({
        address,
        shows: flags.json ? 'json' : flags.quiet || lines ? 'replies' : 'session',
        lines,
        timeoutMs: timeout === undefined ? undefined : 1000 * timeout,
        retry: flags.retry === true,
        strict: flags.strict === true,
        keepsHistory: flags.history,
        colour: flags.color,
        input,
        output,
        errors,
      });
    });
}

function defineTry(command: Command, streams: StandardStreams): void {
  const name = new Argument('[SERVER]', 'the server to start');
  command
    .usage('[options] [SERVER]')
    .addArgument(name.choices(SERVER_NAMES).default('server3'))
    .action(async (server: string) => {
      const { tryOut } = await import('./try/try.ts');
      process.exitCode = await tryOut(server, streams);
    });
}

function defineCheck(command: Command, streams: StandardStreams): void {
  const role = new Argument('[ROLE]', 'which program it is; all: every program in --dir');
  command
    .usage('[options] ROLE -- COMMAND [ARG ...]')
    .addArgument(role.choices([...SERVER_NAMES, 'client', 'all']))
    .argument('[COMMAND...]', 'the command that starts it; {ip} and {port} are replaced')
    .option('--dir <DIR>', 'for ROLE all: the directory with the programs')
    .option('--only <CHECK>', 'run only this check; repeatable', addLine)
    .option('--json', 'print the report as JSON')
    .option('--junit <FILE>', 'also write the report to FILE, as JUnit XML')
    .option('--list', 'list the checks (of ROLE, if given) and run nothing')
    .action(async (role, words, flags) => {
      const { runCheck } = await import('./judge/check-command.ts');
      process.exitCode = await runCheck(command, role, words, flags, streams);
    });
}

function defineCompletion(command: Command, streams: StandardStreams): void {
  command
    .usage('SHELL')
    .addArgument(new Argument('<SHELL>', 'your shell').choices(Object.keys(SHELLS)))
    .action(async (shell: keyof typeof SHELLS) => {
      const script = await SHELLS[shell]();
      streams.output.write(script(command.parent as Command));
    });
}

function colorOption(): Option {
  const option = new Option('--color <WHEN>', 'use colours; auto: only on a terminal');
  return option.choices(COLOUR_CHOICES).default('auto');
}
