/** What the scripts of all shells are made from: the words that the help shows too. */
import type { Command, Option } from 'commander';

/** @returns the commands of a program, `help` included. */
export function commandsOf(program: Command): readonly Command[] {
  return program.createHelp().visibleCommands(program);
}

/** @returns the options of a command, --help included. */
export function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

/** @returns the name of an option's value, such as `FILE`; undefined for a switch. */
export function valueName({ flags }: Option): string | undefined {
  return /<(.+)>/.exec(flags)?.[1];
}

/** In single quotes for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
