#!/usr/bin/env node
/**
 * The command line as a process: its standard streams, what an error means as an exit code, and the
 * end. Only this file ends the process.
 *
 * `process` is the global one: importing node:process opens all the standard streams, and makes
 * pipes among them non-blocking for every process that shares them.
 */
import { debuglog } from 'node:util';
import { type Command, CommanderError } from 'commander';
import { createProgram } from './command-line.ts';
import { commandLine } from './program.ts';
import { exitCodeOf, signalOf } from './signal-exit.ts';
import { PROGRAMMING_ERRORS } from './sockets/system-error.ts';
import { replaceLostTerminalsAtExit } from './terminal/lost-terminals.ts';
import { StandardStreams } from './terminal/standard-streams.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_NO_REPORT = 4;

/** Errors whose message is all that a user needs. */
const CANNOT_START = ['CannotListen', 'CannotResolve', 'UnsupportedPlatform'];

const streams = new StandardStreams();

/** @returns the exit code. */
async function main(): Promise<number> {
  try {
    const words = commandLine();
    // Completions are made from all commands; `calcd help client` needs the client's options.
    const isNeeded = (name: string) => words[0] === 'completion' || words.includes(name);
    const program = createProgram(streams, isNeeded);
    program.hook('preAction', endOnSignals).hook('postAction', endThreads);
    // commander would show the general help: `calcd help serverr3` is an unknown command, too.
    const isUnknown = words[0] === 'help' && !program.commands.some(one => one.name() === words[1]);
    const asked = isUnknown && words.length > 1 ? words.slice(1) : words;
    await program.parseAsync(asked, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (CANNOT_START.some(name => isNamed(error, name))) return fail(error, 'calcd', EXIT_FAILED);
    if (isNamed(error, 'CannotWriteReport')) return fail(error, 'calcd check', EXIT_NO_REPORT);
    throw error;
  }
}

function fail(error: unknown, name: string, exitCode: number): number {
  streams.errors.write(`${name}: ${(error as Error).message}\n`);
  return exitCode;
}

/** By name and not by class: each bundle in dist/ has a class of its own. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/**
 * For an error that nothing expects. An error of the system is one line. A fault of calcd comes with
 * its stack, because it may not happen a second time.
 */
async function crash(error: unknown): Promise<never> {
  const { stack, message, errno, code = '' } = error as NodeJS.ErrnoException;
  if (errno !== undefined && !PROGRAMMING_ERRORS.has(code)) {
    debuglog('calcd')('%s', stack);
    streams.errors.write(`calcd: ${message}; NODE_DEBUG=calcd shows where\n`);
  } else {
    streams.errors.write(`calcd: this is a fault of calcd, please report it: ${stack ?? error}\n`);
  }
  process.exit(await streams.finish(EXIT_FAILED));
}

/**
 * In the first process of a container or a PID namespace, no signal ends a process that has no handler
 * for it. The client and the servers have theirs.
 */
function endOnSignals(_: Command, command: Command): void {
  if (process.pid !== 1 || !['try', 'check'].includes(command.name())) return;
  for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
    process.on(signal, () => leave(exitCodeOf(signal)));
  }
}

/** Node would end the threads of server2 one after the other, for seconds. */
async function endThreads(_: Command, command: Command): Promise<void> {
  if (command.name() === 'server2') (await import('./sockets/system-calls.ts')).system._exit(0);
}

/**
 * Ends the process. An exit code that stands for a signal is that signal's usual effect, which only
 * PID 1 survives.
 */
async function leave(exitCode: number): Promise<never> {
  const signal = signalOf(exitCode);
  if (signal !== undefined) process.kill(process.pid, signal);
  // Node would wait for a name server that does not answer.
  const isLookingUp = process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap');
  if (isLookingUp) (await import('./sockets/system-calls.ts')).system._exit(exitCode);
  process.exit(exitCode);
}

replaceLostTerminalsAtExit();
process.once('uncaughtException', crash);
const exitCode = await main().catch(crash);
const isSignal = signalOf(exitCode) !== undefined;
await leave(isSignal ? exitCode : await streams.finish(exitCode));
