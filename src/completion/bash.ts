/** Completions for bash, version 3.2 (macOS) included. */
import { USAGES, type Usage } from '../usage.ts';
import { choicesOf, quoted } from './choices.ts';

/** Where a case returns, `complete -o default` completes the names of files. */
export function bash(): string {
  return `# bash completion for calcd
_calcd() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words=${quoted([...Object.keys(USAGES), '--help', '--version'].join(' '))}
  elif [[ " \${COMP_WORDS[*]:2:COMP_CWORD-2} " == *' -- '* ]]; then
    return
  else
    case "\${COMP_WORDS[1]} $before" in
${Object.entries(USAGES).flatMap(cases).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _calcd calcd`;
}

function cases([command, { options, operands = [] }]: [string, Usage]): string[] {
  const values = options.flatMap(({ name, value }) => {
    if (value === undefined) return [];
    const choices = choicesOf(value);
    const action = choices.length > 0 ? `words=${quoted(choices.join(' '))}` : 'return';
    return `      ${quoted(`${command} --${name}`)}) ${action} ;;`;
  });
  const words = [
    ...options.map(({ name }) => `--${name}`),
    ...operands.flatMap(({ choices = [] }) => choices),
  ];
  const hosts = operands.some(({ name }) => name === 'HOST') ? '" $(compgen -A hostname)"' : '';
  return [
    ...values,
    `      ${quoted(`${command} `)}*) words=${quoted(words.join(' '))}${hosts} ;;`,
  ];
}
