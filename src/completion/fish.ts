/** Completions for fish. */
import { type Option, USAGES, type Usage } from '../usage.ts';
import { choicesOf } from './choices.ts';

export function fish(): string {
  return `# fish completion for calcd
function __calcd_command_is
    set -l words (commandline -opc)
    test "$words[2]" = $argv[1]
end
complete -c calcd -f
complete -c calcd -n __fish_use_subcommand -l help -d 'show the commands'
complete -c calcd -n __fish_use_subcommand -l version -d 'show the version'
${Object.entries(USAGES).flatMap(lines).join('\n')}`;
}

function lines([command, { summary, options, operands = [] }]: [string, Usage]): string[] {
  const here = `complete -c calcd -n '__calcd_command_is ${command}'`;
  const words = operands.flatMap(({ name, choices = [] }) =>
    name === 'HOST' ? ['(__fish_print_hostnames)'] : choices,
  );
  return [
    `complete -c calcd -n __fish_use_subcommand -a ${command} -d ${quoted(summary)}`,
    ...options.map(
      option => `${here} -l ${option.name}${valueFlags(option)} -d ${quoted(option.help)}`,
    ),
    ...(words.length > 0 ? [`${here} -a ${quoted(words.join(' '))}`] : []),
  ];
}

function valueFlags({ value }: Option): string {
  if (value === undefined) return '';
  if (value === 'FILE') return ' -r -F';
  if (value === 'DIR') return " -x -a '(__fish_complete_directories)'";
  return ` -x -a ${quoted(choicesOf(value).join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
