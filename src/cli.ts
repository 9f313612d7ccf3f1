#!/usr/bin/env node
/**
 * The command line: which command, what its end means as an exit code, and its standard streams.
 *
 * `process` is the global one: importing node:process opens all the standard streams, and makes
 * pipes among them non-blocking for everybody who shares them.
 */
import { readFileSync } from 'node:fs';
import { debuglog } from 'node:util';
import { addressFrom, oneOf, optionalNumber, parseArguments, UsageError } from './arguments.ts';
import { commandHelp, generalHelp } from './help.ts';
import { addressesOf } from './host.ts';
import { commandLine } from './program.ts';
import { LOG_FORMATS } from './serving/log/log-format.ts';
import type { ServerOptions } from './serving/server.ts';
import { exitCodeOf, signalOf } from './signal-exit.ts';
import type { Address } from './sockets/address.ts';
import { requireSystem } from './sockets/platform.ts';
import { PROGRAMMING_ERRORS } from './sockets/system-error.ts';
import { suggestion } from './suggestion.ts';
import { COLOUR_CHOICES } from './terminal/colours.ts';
import { replaceLostTerminalsAtExit } from './terminal/lost-terminals.ts';
import { StandardStreams } from './terminal/standard-streams.ts';
import { type CommandName, isCommandName, USAGES } from './usage.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_NO_REPORT = 4;

/** Most clients one may ask for: the descriptors a process can have on any usual system. */
const MOST_CLIENTS = 1_000_000;

/** Longest time a client may be silent: a year. */
const MOST_IDLE_S = 31_536_000;

/** Errors whose message is all that there is to say. */
const CANNOT_START = ['CannotListen', 'CannotResolve', 'UnsupportedPlatform'];

const streams = new StandardStreams();

async function main([name, ...words]: readonly string[]): Promise<number> {
  if (name === 'help' && words.length > 0) return main([...words, '--help']);
  if (name === '--help' || name === '-h' || name === 'help') return say(generalHelp());
  if (name === '--version') return say(version());
  if (name === undefined) {
    streams.errors.write(`${generalHelp()}\n`);
    return EXIT_USAGE;
  }
  if (!isCommandName(name)) {
    const meant = suggestion(name, [...Object.keys(USAGES), '--help', '--version']);
    streams.errors.write(`calcd: unknown command '${name}'${meant}\nTry 'calcd --help'.\n`);
    return EXIT_USAGE;
  }
  try {
    return await run(name, words);
  } catch (error) {
    if (isNamed(error, 'UsageError')) {
      streams.errors.write(`calcd ${name}: ${error.message}\nTry 'calcd ${name} --help'.\n`);
      return EXIT_USAGE;
    }
    if (CANNOT_START.some(one => isNamed(error, one))) {
      streams.errors.write(`calcd: ${(error as Error).message}\n`);
      return EXIT_FAILED;
    }
    if (isNamed(error, 'CannotWriteReport')) {
      streams.errors.write(`calcd ${name}: ${error.message}\n`);
      return EXIT_NO_REPORT;
    }
    throw error;
  }
}

async function run(name: CommandName, words: readonly string[]): Promise<number> {
  const { positionals, options } = parseArguments(name, words);
  if (options.help) return say(commandHelp(name));
  if (process.pid === 1 && (name === 'try' || name === 'check')) endOnSignals();
  if (name === 'try') {
    const { tryOut } = await import('./try/try.ts');
    return tryOut(serverFrom(positionals), streams);
  }
  if (name === 'completion') {
    const { completion } = await import('./completion/completion-command.ts');
    return say(completion(positionals));
  }
  if (name === 'check') {
    const { runCheck } = await import('./judge/check-command.ts');
    return runCheck(positionals, options, streams);
  }
  if (name === 'client') {
    const { runClientCommand } = await import('./chat/client-command.ts');
    return runClientCommand(addressFrom(positionals, 1), options, streams);
  }
  const addresses = await addressesOf(addressFrom(positionals, 0));
  return serve(name, addresses, {
    log: {
      quiet: options.quiet === true,
      format: oneOf('--log', LOG_FORMATS, options.log) ?? 'text',
      timestamps: options.timestamps === true,
      colour: oneOf('--color', COLOUR_CHOICES, options.color) ?? 'auto',
    },
    untilEof: options['until-eof'] === true,
    maxClients: optionalNumber('--max-clients', options['max-clients'], MOST_CLIENTS),
    idleTimeout: optionalNumber('--idle-timeout', options['idle-timeout'], MOST_IDLE_S),
  });
}

const SERVERS = {
  server1: async () => (await import('./server1.ts')).server1,
  server2: async () => (await import('./server2.ts')).server2,
  server3: async () => (await import('./server3.ts')).server3,
  server4: async () => (await import('./server4.ts')).server4,
};

/** @returns which server to try. */
function serverFrom([name = 'server3', ...more]: readonly string[]): keyof typeof SERVERS {
  if (!Object.hasOwn(SERVERS, name)) {
    const meant = suggestion(name, Object.keys(SERVERS));
    throw new UsageError(`no such server: '${name}'${meant}`);
  }
  if (more.length > 0) throw new UsageError(`unexpected argument '${more[0]}'`);
  return name as keyof typeof SERVERS;
}

/** Listens on the first address that this machine has: those of a name may be several machines'. */
async function serve(
  name: keyof typeof SERVERS,
  [address, ...others]: readonly Address[],
  options: Omit<ServerOptions, 'address'>,
): Promise<number> {
  requireSystem();
  const server = await SERVERS[name]();
  try {
    await server({ ...options, address: address as Address });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRNOTAVAIL' || others.length === 0) throw error;
    return serve(name, others, options);
  }
  // Node would take apart every thread that is left, one after the other, for seconds.
  if (name === 'server2') (await import('./sockets/system-calls.ts')).system._exit(0);
  return 0;
}

/** By name and not by class: each bundle in dist/ has a class of its own. */
function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

function say(text: string): number {
  streams.output.write(`${text}\n`);
  return 0;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * What nothing above was ready for. What the system refused is one line; for a fault of calcd the
 * stack follows, because it may not be seen a second time.
 */
async function crash(error: unknown): Promise<never> {
  const { stack, message, errno, code = '' } = error as NodeJS.ErrnoException;
  if (errno !== undefined && !PROGRAMMING_ERRORS.has(code)) {
    debuglog('calcd')('%s', stack);
    streams.errors.write(`calcd: ${message}; with NODE_DEBUG=calcd it tells where\n`);
  } else {
    streams.errors.write(`calcd: this is a fault of calcd, please report it: ${stack ?? error}\n`);
  }
  process.exit(await streams.finish(EXIT_FAILED));
}

/**
 * The first process of a container or a PID namespace: no signal ends it unless it has a handler. The
 * client and the servers have theirs.
 */
function endOnSignals(): void {
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
    process.on(signal, () => leave(exitCodeOf(signal)));
  }
}

/**
 * Ends the process. An exit code that stands for a signal is that signal's usual effect, which only
 * PID 1 survives.
 */
async function leave(exitCode: number): Promise<never> {
  const signal = signalOf(exitCode);
  if (signal !== undefined) process.kill(process.pid, signal);
  // A name server that does not answer holds a thread of Node's, which would be waited for.
  const isLookingUp = process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap');
  if (isLookingUp) (await import('./sockets/system-calls.ts')).system._exit(exitCode);
  process.exit(exitCode);
}

replaceLostTerminalsAtExit();
process.once('uncaughtException', crash);
const exitCode = await main(commandLine()).catch(crash);
const isSignal = signalOf(exitCode) !== undefined;
await leave(isSignal ? exitCode : await streams.finish(exitCode));
