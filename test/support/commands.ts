/** The commands of calcd as commander has them: to parse words without running anything. */
import assert from 'node:assert/strict';
import { type Command, CommanderError } from 'commander';
import { createProgram } from '../../src/command-line.ts';
import { StandardStreams } from '../../src/terminal/standard-streams.ts';

/** A command line that prints nothing. */
export function silentProgram(): Command {
  const program = createProgram(new StandardStreams());
  for (const one of [program, ...program.commands]) {
    one.configureOutput({ writeOut() {}, writeErr() {} });
  }
  return program;
}

/** The command of that name, without what it runs. */
export function commandNamed(name: string, program = silentProgram()): Command {
  const command = program.commands.find(one => one.name() === name);
  assert.ok(command, `a command: ${name}`);
  return command.action(() => {});
}

/** Parses what follows the command's name. */
export function parse(name: string, words: readonly string[]): Command {
  const program = silentProgram();
  const command = commandNamed(name, program);
  program.parse([name, ...words], { from: 'user' });
  return command;
}

/** What is wrong with the words, as the user reads it. */
export function usageErrorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof CommanderError, `${error}`);
    return error.message.replace(/^error: /, '');
  }
  assert.fail('no usage error');
}
