/** Writes dist/man/calcd.1, which `man calcd` shows, from the same commands as `--help`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createProgram } from '../src/command-line.ts';
import { COMMANDS } from '../src/commands.ts';
import { StandardStreams } from '../src/terminal/standard-streams.ts';

const program = createProgram(new StandardStreams());
const help = program.createHelp();

/** Escapes what has a meaning in roff: backslashes, hyphens, and dots and quotes at the start of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function entry(term: string, text: string): string {
  return `.TP\n.B ${roff(term)}\n${roff(text)}\n`;
}

function section(command: Command): string {
  const name = command.name();
  const operands = help.visibleArguments(command);
  return `.SS ${roff(`calcd ${name} ${command.usage()}`)}
${roff(command.description())}
${operands.map(one => entry(help.argumentTerm(one), help.argumentDescription(one))).join('')}\
${help
  .visibleOptions(command)
  .map(one => entry(help.optionTerm(one), help.optionDescription(one)))
  .join('')}\
.PP
Example:
.PP
.RS
.EX
${roff(COMMANDS[name]?.example ?? '')}
.EE
.RE`;
}

const page = `.\\" Made by scripts/manual-page.ts.
.TH CALCD 1 "" "calcd ${program.version()}" "User Commands"
.nh
.ad l
.SH NAME
calcd \\- ${roff(program.description())}
.SH SYNOPSIS
.B calcd
.I command
.RI [ options ]
\\&...
.SH DESCRIPTION
The client sends expressions such as
.BR "22 + 44" ,
one per line. The server replies with the value of each, or with an error.
Numbers are exact: nothing is rounded before it is printed.
A server runs until it is interrupted (Ctrl+C, SIGTERM): it then accepts no new clients, sends the replies that are due, and ends.
.SH COMMANDS
${program.commands.map(section).join('\n')}
.SH EXIT STATUS
${entry('0', 'Success.')}\
${entry('1', 'A server could not start, a connection failed, output was lost, or a judged program lacks something.')}\
${entry('2', 'Wrong usage.')}\
${entry('3', 'check: the program never listened. client --strict: a reply was an error.')}\
${entry('4', 'check: the report for --junit could not be written.')}\
.SH SEE ALSO
.BR select (2),
.BR socket (2),
.BR tcp (7),
.BR bc (1)
`;

export function writeManualPage(): void {
  mkdirSync('dist/man', { recursive: true });
  writeFileSync('dist/man/calcd.1', page);
}
