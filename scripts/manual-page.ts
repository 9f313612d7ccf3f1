/** Writes dist/man/calcd.1, what `man calcd` shows, from the same table as `--help`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spelling } from '../src/help.ts';
import { USAGES, type Usage } from '../src/usage.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Text for roff, which has a meaning for backslashes, hyphens, and dots and quotes at line starts. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function command([name, { summary, synopsis, operands = [], options, example }]: [
  string,
  Usage,
]): string {
  return `.SS ${roff(`calcd ${name} ${synopsis}`)}
${roff(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)}
${operands.map(({ name, help }) => entry(name, help)).join('')}\
${options.map(option => entry(spelling(option), option.help)).join('')}\
.PP
Example:
.PP
.RS
.EX
${roff(example)}
.EE
.RE`;
}

function entry(term: string, text: string): string {
  return `.TP\n.B ${roff(term)}\n${roff(text)}\n`;
}

const page = `.\\" Made by scripts/manual-page.ts.
.TH CALCD 1 "" "calcd ${version}" "User Commands"
.nh
.ad l
.SH NAME
calcd \\- a calculator on a TCP socket and four ways to serve it
.SH SYNOPSIS
.B calcd
.I command
.RI [ options ]
\\&...
.SH DESCRIPTION
The client sends expressions such as
.BR "22 + 44" ,
one a line, and the server replies with their values, or with what is wrong with them.
Numbers are exact: nothing is rounded before it is printed.
A server runs until it is interrupted (Ctrl+C, SIGTERM): it then takes no new clients, delivers the replies that are due, and ends.
.SH COMMANDS
${Object.entries(USAGES).map(command).join('\n')}
.SH EXIT STATUS
${entry('0', 'All went well.')}\
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
