/**
 * The command line of calcd as commander runs it: all commands, how help and errors look, and where
 * they are written. The help, the manual page and the completions are read from what this returns.
 */
import { readFileSync } from 'node:fs';
import { Argument, Command, type OutputConfiguration } from 'commander';
import { COMMANDS } from './commands.ts';
import type { StandardStreams } from './terminal/standard-streams.ts';

/**
 * A command that has run leaves its exit code in process.exitCode.
 * @param isNeeded whether a command's arguments and options are needed: to define those of all commands
 * takes a millisecond.
 */
export function createProgram(
  streams: StandardStreams,
  isNeeded: (command: string) => boolean = () => true,
): Command {
  const program = new Command('calcd')
    .usage('COMMAND ...')
    .description('a calculator on a TCP socket and four ways to serve it')
    .version(version(), '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExamples:\n  ${allExamples().join('\n  ')}`)
    .configureHelp({ subcommandTerm: command => command.name() })
    .configureOutput(outputTo(streams))
    .enablePositionalOptions()
    .exitOverride();
  reportErrorsAs(program, 'calcd');
  for (const [name, { group, summary, example, define }] of Object.entries(COMMANDS)) {
    const command = program.command(name).helpGroup(group).description(summary);
    command.addHelpText('after', `\nExample:\n  ${example}`);
    reportErrorsAs(command, `calcd ${name}`);
    if (isNeeded(name)) define(command, streams);
  }
  return program.addHelpCommand(helpCommand());
}

function helpCommand(): Command {
  return new Command('help')
    .helpGroup('Tools:')
    .helpOption(false)
    .description('show the help of a command')
    .addArgument(new Argument('[COMMAND]').choices(Object.keys(COMMANDS)));
}

function allExamples(): string[] {
  return Object.values(COMMANDS).map(({ example }) => example);
}

/** Standard streams are opened only when something is written to them. */
function outputTo(streams: StandardStreams): OutputConfiguration {
  return {
    writeOut: text => streams.output.write(text),
    writeErr: text => streams.errors.write(text),
    getOutHelpWidth: () => streams.output.columns,
    getErrHelpWidth: () => streams.errors.columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  };
}

/**
 * An error reads `calcd server3: …`, and the next line names the help. commander's words
 * "command-argument value" add nothing to the value and the name of the argument.
 */
function reportErrorsAs(command: Command, name: string): void {
  command
    .configureOutput({
      outputError: (text, write) =>
        write(`${name}: ${text.replace(/^error: (command-argument value )?/, '')}`),
    })
    .showHelpAfterError(`Try '${name} --help'.`);
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
