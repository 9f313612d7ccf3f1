/** Completions for fish. */
import type { Command, Option } from 'commander';
import { commandsOf, optionsOf, valueName } from './words.ts';

export function fish(program: Command): string {
  return `# fish completion for calcd
function __calcd_command_is
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]
end
complete -c calcd -f
${optionLines('complete -c calcd -n __fish_use_subcommand', program).join('\n')}
${commandsOf(program).flatMap(commandLines).join('\n')}
`;
}

function commandLines(command: Command): string[] {
  const name = command.name();
  const here = `complete -c calcd -n '__calcd_command_is ${name}'`;
  const operands = command.registeredArguments.flatMap(operand =>
    operand.name() === 'HOST' ? ['(__fish_print_hostnames)'] : (operand.argChoices ?? []),
  );
  return [
    `complete -c calcd -n __fish_use_subcommand -a ${name} -d ${quoted(command.description())}`,
    ...optionLines(here, command),
    ...(operands.length > 0 ? [`${here} -a ${quoted(operands.join(' '))}`] : []),
  ];
}

function optionLines(here: string, command: Command): string[] {
  return optionsOf(command).map(
    option =>
      `${here} -l ${option.long?.slice(2)}${valueFlags(option)} -d ${quoted(option.description)}`,
  );
}

function valueFlags(option: Option): string {
  const value = valueName(option);
  if (value === undefined) return '';
  if (value === 'FILE') return ' -r -F';
  if (value === 'DIR') return " -x -a '(__fish_complete_directories)'";
  return ` -x -a ${quoted((option.argChoices ?? []).join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
