/** Completions for bash, version 3.2 (macOS) included. */
import type { Command } from 'commander';
import { commandsOf, optionsOf, quoted, valueName } from './words.ts';

/** Where a case returns, `complete -o default` completes the names of files. */
export function bash(program: Command): string {
  const commands = commandsOf(program);
  const first = [...commands.map(command => command.name()), ...longNames(program)];
  return `# bash completion for calcd
_calcd() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=${quoted(first.join(' '))}
  elif [[ " \${COMP_WORDS[*]:2:COMP_CWORD-2} " == *' -- '* ]]; then
    return
  else
    case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(cases).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _calcd calcd
`;
}

function cases(command: Command): string[] {
  const name = command.name();
  const values = optionsOf(command).flatMap(option => {
    if (valueName(option) === undefined) return [];
    const { long, argChoices } = option;
    const action = argChoices ? `words=${quoted(argChoices.join(' '))}` : 'return';
    return `      ${quoted(`${name} ${long}`)}) ${action} ;;`;
  });
  const operands = command.registeredArguments;
  const words = [...longNames(command), ...operands.flatMap(({ argChoices = [] }) => argChoices)];
  const takesHost = operands.some(operand => operand.name() === 'HOST');
  const hosts = takesHost ? '" $(compgen -A hostname)"' : '';
  return [...values, `      ${quoted(`${name} `)}*) words=${quoted(words.join(' '))}${hosts} ;;`];
}

function longNames(command: Command): string[] {
  return optionsOf(command).flatMap(({ long }) => long ?? []);
}
