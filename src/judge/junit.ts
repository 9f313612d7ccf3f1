/** The report in the format of JUnit, which continuous integration and many courses can show. */
import type { Outcome } from './outcome.ts';
import type { Judged } from './verdict.ts';

export function asJUnit(all: readonly Judged[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="calcd check">
${all.map(suite).join('\n')}
</testsuites>
`;
}

/** Required items alone fail a suite; the others are told as skipped, with what was wrong. */
function suite({ role, outcomes }: Judged): string {
  const failures = outcomes.filter(isFailure).length;
  const skipped = outcomes.filter(({ verdict }) => verdict !== 'passed').length - failures;
  return `  <testsuite name="${role}" tests="${outcomes.length}" failures="${failures}" skipped="${skipped}">
${outcomes.map(outcome => testcase(role, outcome)).join('\n')}
  </testsuite>`;
}

function testcase(role: string, outcome: Outcome): string {
  const { item, milliseconds } = outcome;
  const attributes = `name="${item.name}" classname="${role}.${item.level.replace(' ', '-')}" time="${milliseconds / 1000}"`;
  const result = resultOf(outcome);
  return result === ''
    ? `    <testcase ${attributes}/>`
    : `    <testcase ${attributes}>${result}</testcase>`;
}

function resultOf(outcome: Outcome): string {
  const { item, verdict, reason, failure } = outcome;
  if (verdict === 'passed') return '';
  if (!failure) return `<skipped message="${escaped(reason ?? '')}"/>`;
  const message = escaped(`expected ${failure.expected}, got ${failure.came}`);
  if (!isFailure(outcome)) return `<skipped message="${message}"/>`;
  const details = [
    `sent: ${failure.sent ?? ''}`,
    ...failure.stderr,
    item.why,
    failure.look ?? item.look,
  ];
  return `<failure message="${message}">${escaped(details.join('\n'))}</failure>`;
}

function isFailure({ item, verdict }: Outcome): boolean {
  return verdict === 'failed' && item.level === 'required';
}

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, character => ENTITIES[character] as string);
}
