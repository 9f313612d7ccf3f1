/** The report for people: a line for each item, and under each ✗ what happened and what to do. */
import type { Colours } from '../terminal/colours.ts';
import { LEVELS, type Level } from './item.ts';
import type { Outcome, Problem } from './outcome.ts';
import { type Judged, type Score, scores } from './verdict.ts';

/** Where there is a section for each item. */
const PAGE = 'docs/check.md';

const LEVEL_TITLES: Record<Level, string> = {
  required: 'Required: the words of the assignment',
  'real server': 'Robustness: what a real server or client meets',
  optional: 'Optional',
};

/** Columns of the text under an item. */
const WIDTH = 88;
const INDENT = ' '.repeat(6);
const LABEL = 10;

export function report(judged: Judged, colours: Colours): string {
  const { role, command, dialect, outcomes } = judged;
  const lines = [colours.strong(`${role}: ${command.words.join(' ')}`)];
  if (dialect) lines.push(`It takes ${dialect}.`);
  for (const level of LEVELS) {
    const ofLevel = outcomes.filter(({ item }) => item.level === level);
    if (ofLevel.length === 0) continue;
    lines.push('', colours.strong(LEVEL_TITLES[level]), '');
    for (const outcome of ofLevel) lines.push(...outcomeLines(judged, outcome, colours));
  }
  lines.push('', scoreLine(scores(judged)));
  return lines.join('\n');
}

function scoreLine(levels: readonly Score[]): string {
  return levels.map(({ level, passed, of }) => `${level} ${passed} of ${of}`).join(' · ');
}

function outcomeLines(judged: Judged, outcome: Outcome, colours: Colours): string[] {
  const { item, verdict, reason, failure, firstTry } = outcome;
  const graders = item.graders?.[judged.role];
  const name = graders ? `${item.name} (${graders})` : item.name;
  if (verdict === 'passed') {
    const doubt = firstTry ? colours.faint(`, at a second try; the first: ${firstTry.came}`) : '';
    return [`  ${colours.good('✓')} ${name}${doubt}`];
  }
  if (!failure) return [`  ${colours.faint(`– ${name}: ${reason}`)}`];
  return [
    `  ${colours.bad('✗')} ${colours.strong(name)}`,
    ...wrap(item.asks, INDENT, INDENT),
    ...problemLines(failure),
    ...labelled('why', item.why),
    ...labelled('hint', failure.look ?? item.look),
    ...labelled('more', `${PAGE}#${item.name}`),
  ];
}

function problemLines({ sent, expected, came, stderr }: Problem): string[] {
  return [
    ...(sent === undefined ? [] : labelled('sent', sent)),
    ...labelled('expected', expected),
    ...labelled('got', came),
    ...stderr.map((line, index) => INDENT + (index === 0 ? 'stderr' : '').padEnd(LABEL) + line),
  ];
}

function labelled(label: string, text: string): string[] {
  return wrap(text, INDENT + label.padEnd(LABEL), INDENT + ' '.repeat(LABEL));
}

/** Breaks a text at spaces; a word too long stays whole. */
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
