/** Completions for zsh, by its _arguments: a file of $fpath named _calcd, or to be sourced. */
import { type Operand, type Option, USAGES, type Usage } from '../usage.ts';
import { choicesOf, quoted } from './choices.ts';

export function zsh(): string {
  const commands = Object.entries(USAGES).map(
    ([name, { summary }]) => `    ${quoted(`${name}:${summary}`)}`,
  );
  return `#compdef calcd
_calcd() {
  local -a commands=(
${commands.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${Object.entries(USAGES).map(oneCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _calcd ]]; then _calcd "$@"; else compdef _calcd calcd; fi`;
}

function oneCase([command, { options, operands = [] }]: [string, Usage]): string {
  const specs = [...options.map(optionSpec), ...operands.map(operandSpec)];
  return `    ${command})\n      _arguments ${specs.map(quoted).join(' \\\n        ')} ;;`;
}

function optionSpec({ name, value, repeatable, help }: Option): string {
  const explained = `${repeatable ? '*' : ''}--${name}${value ? '=' : ''}[${escaped(help)}]`;
  return value ? `${explained}:${escaped(value)}:${valueAction(value)}` : explained;
}

function valueAction(value: string): string {
  if (value === 'FILE') return '_files';
  if (value === 'DIR') return '_files -/';
  const choices = choicesOf(value);
  return choices.length > 0 ? `(${choices.join(' ')})` : '';
}

function operandSpec({ name, choices }: Operand, index: number): string {
  if (name === 'COMMAND') return `*::${name}:_normal`;
  const action = choices ? `(${choices.join(' ')})` : name === 'HOST' ? '_hosts' : '';
  return `${index + 1}:${name}:${action}`;
}

/** What _arguments takes for its own punctuation. */
function escaped(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}
