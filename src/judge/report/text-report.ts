/** The report as text: a line for each check, and under each ✗ what happened and how to repair it. */
import type { Colours } from '../../terminal/colours.ts';
import { LEVELS, type Level, ROLES } from '../check.ts';
import {
  type FailureDetails,
  type ProgramResults,
  passes,
  type Result,
  type Score,
  scores,
} from '../result.ts';

/** The page with a section for each check. */
const PAGE = 'docs/check.md';

const LEVEL_TITLES: Record<Level, string> = {
  required: 'Required: what the assignment asks for',
  robustness: 'Robustness: what a real server or client meets',
  optional: 'Optional: more than the assignment asks for',
};

/** Columns of the text under a check. */
const WIDTH = 88;
const INDENT = ' '.repeat(6);
const LABEL_WIDTH = 10;

export function textReport(program: ProgramResults, colours: Colours): string {
  const { role, command, dialect, results } = program;
  const lines = [colours.strong(`${role}: ${command.words.join(' ')}`)];
  if (dialect) lines.push(`It takes ${dialect}.`);
  for (const level of LEVELS) {
    const ofLevel = results.filter(({ check }) => check.level === level);
    if (ofLevel.length === 0) continue;
    lines.push('', colours.strong(LEVEL_TITLES[level]), '');
    for (const result of ofLevel) lines.push(...resultLines(program, result, colours));
  }
  lines.push('', scoreLine(scores(program)));
  return lines.join('\n');
}

/** The last lines for a whole directory: a row for each program. */
export function summary(all: readonly ProgramResults[], notes: readonly string[]): string {
  const rows = ROLES.map(role => {
    const program = all.find(one => one.role === role);
    if (!program) return `– ${role}  ${notes.find(note => note.includes(role)) ?? 'not found'}`;
    const counts = scores(program).map(({ level, passed, of }) => `${level} ${passed}/${of}`);
    return `${passes(program) ? '✓' : '✗'} ${role}  ${counts.join('  ')}`;
  });
  return rows.join('\n');
}

function scoreLine(levels: readonly Score[]): string {
  return levels.map(({ level, passed, of }) => `${level} ${passed} of ${of}`).join(' · ');
}

function resultLines({ role }: ProgramResults, result: Result, colours: Colours): string[] {
  const { check, status, reason, failure, firstFailure } = result;
  const graders = check.graders?.[role];
  const name = graders ? `${check.name} (${graders})` : check.name;
  if (status === 'passed') {
    const doubt = firstFailure
      ? colours.faint(`, in the second attempt; the first got ${firstFailure.got}`)
      : '';
    return [`  ${colours.good('✓')} ${name}${doubt}`];
  }
  if (!failure) return [`  ${colours.faint(`– ${name}: ${reason}`)}`];
  return [
    `  ${colours.bad('✗')} ${colours.strong(name)}`,
    ...wrap(check.asks, INDENT, INDENT),
    ...failureLines(failure),
    ...labelled('why', check.why),
    ...labelled('hint', failure.hint ?? check.hint),
    ...labelled('more', `${PAGE}#${check.name}`),
  ];
}

function failureLines({ sent, expected, got, stderr }: FailureDetails): string[] {
  return [
    ...(sent === undefined ? [] : labelled('sent', sent)),
    ...labelled('expected', expected),
    ...labelled('got', got),
    ...stderr.map(
      (line, index) => INDENT + (index === 0 ? 'stderr' : '').padEnd(LABEL_WIDTH) + line,
    ),
  ];
}

function labelled(label: string, text: string): string[] {
  return wrap(text, INDENT + label.padEnd(LABEL_WIDTH), INDENT + ' '.repeat(LABEL_WIDTH));
}

/** Breaks a text at spaces. A word that is too long stays whole. */
function wrap(text: string, first: string, others: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
