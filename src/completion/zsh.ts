/** Completions for zsh, by its _arguments. The script is sourced, or is the file _calcd in $fpath. */
import type { Argument, Command, Option } from 'commander';
import { commandsOf, optionsOf, quoted, valueName } from './words.ts';

export function zsh(program: Command): string {
  const commands = commandsOf(program);
  const described = commands.map(
    command => `    ${quoted(`${command.name()}:${command.description()}`)}`,
  );
  return `#compdef calcd
_calcd() {
  local -a commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${commands.map(oneCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _calcd ]]; then _calcd "$@"; else compdef _calcd calcd; fi
`;
}

function oneCase(command: Command): string {
  const specs = [
    ...optionsOf(command).map(optionSpec),
    ...command.registeredArguments.map(argumentSpec),
  ];
  return `    ${command.name()})\n      _arguments ${specs.map(quoted).join(' \\\n        ')} ;;`;
}

function optionSpec(option: Option): string {
  const { long, description } = option;
  const value = valueName(option);
  const repeatable = /\brepeatable\b/.test(description) ? '*' : '';
  const explained = `${repeatable}${long}${value ? '=' : ''}[${escaped(description)}]`;
  return value ? `${explained}:${value}:${valueAction(value, option)}` : explained;
}

function valueAction(value: string, { argChoices }: Option): string {
  if (value === 'FILE') return '_files';
  if (value === 'DIR') return '_files -/';
  return argChoices ? `(${argChoices.join(' ')})` : '';
}

function argumentSpec(argument: Argument, index: number): string {
  const name = argument.name();
  if (argument.variadic) return `*::${name}:_normal`;
  const { argChoices } = argument;
  const action = argChoices ? `(${argChoices.join(' ')})` : name === 'HOST' ? '_hosts' : '';
  return `${index + 1}:${name}:${action}`;
}

/** Escapes the characters that have a meaning in the specifications of _arguments. */
function escaped(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}
