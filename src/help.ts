/** What `--help` says, from the table of commands; no line is longer than 80 columns. */
import { type CommandName, type Option, USAGES, type Usage } from './usage.ts';

const WIDTH = 80;

type Row = readonly [left: string, right: string];

export function generalHelp(): string {
  const groups = [...new Set(Object.values(USAGES).map(({ group }) => group))];
  const commandsOf = (wanted: Usage['group']): Row[] =>
    Object.entries(USAGES)
      .filter(([, { group }]) => group === wanted)
      .map(([name, { summary }]) => [name, summary]);
  const longest = Math.max(...Object.keys(USAGES).map(name => name.length));
  return `calcd: a calculator on a TCP socket and four ways to serve it

Usage: calcd COMMAND ...

${groups.map(group => section(group, commandsOf(group), longest)).join('\n\n')}

Examples:
${Object.values(USAGES)
  .map(({ example }) => `  ${example}`)
  .join('\n')}

calcd COMMAND --help tells more; calcd --version tells the version.`;
}

export function commandHelp(name: CommandName): string {
  const { synopsis, summary, operands = [], options, example }: Usage = USAGES[name];
  const operandRows = operands.map(({ name, help }): Row => [name, help]);
  const optionRows = options.map((option): Row => [spelling(option), option.help]);
  const longest = Math.max(...[...operandRows, ...optionRows].map(([left]) => left.length));
  return `Usage: calcd ${name} ${synopsis}

${summary[0]?.toUpperCase()}${summary.slice(1)}.

${operands.length > 0 ? `${section('Operands', operandRows, longest)}\n\n` : ''}\
${section('Options', optionRows, longest)}

Example: ${example}`;
}

/** As it is typed: `--max-clients N`. */
export function spelling({ name, value }: Option): string {
  return `--${name}${value ? ` ${value}` : ''}`;
}

/** Two columns under a heading; `longest` is the width of the left one. */
function section(heading: string, rows: readonly Row[], longest: number): string {
  const indent = ' '.repeat(longest + 4);
  const lines = rows.map(
    ([left, right]) =>
      `  ${left.padEnd(longest)}  ${wrapped(right, WIDTH - indent.length).join(`\n${indent}`)}`,
  );
  return `${heading}:\n${lines.join('\n')}`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
