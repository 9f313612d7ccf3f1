/**
 * The reports that other programs read: JSON, and the JUnit format of continuous integration and of
 * course systems. The JSON fields have the names of calcd 0.1, because scripts read them.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../../terminal/standard-streams.ts';
import {
  type FailureDetails,
  type ProgramResults,
  passes,
  type Result,
  scores,
} from '../result.ts';

/** The fields are documented in docs/check.md. */
export function jsonReport(all: readonly ProgramResults[]): string {
  return JSON.stringify(all.map(jsonProgram), undefined, 2);
}

function jsonProgram(program: ProgramResults): object {
  const { role, command, dialect, results } = program;
  return {
    role,
    command: command.words,
    passes: passes(program),
    dialect,
    scores: scores(program),
    items: results.map(({ check, status, reason, failure, firstFailure, milliseconds }) => ({
      name: check.name,
      level: check.level,
      graders: check.graders?.[role],
      verdict: status,
      reason,
      milliseconds,
      failure: failure && jsonFailure(failure),
      firstTry: firstFailure && jsonFailure(firstFailure),
    })),
  };
}

function jsonFailure(failure: FailureDetails): object {
  const { sent, expected, got, hint, stderr, late, neverListened } = failure;
  return { sent, expected, came: got, look: hint, stderr, late, neverListened };
}

export function junitReport(all: readonly ProgramResults[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="calcd check">
${all.map(testSuite).join('\n')}
</testsuites>
`;
}

/** Only a required check fails the suite. Any other failure is reported as skipped, with what it got. */
function testSuite({ role, results }: ProgramResults): string {
  const failures = results.filter(failsSuite).length;
  const notRun = results.filter(({ status }) => status !== 'passed').length - failures;
  return `  <testsuite name="${role}" tests="${results.length}" failures="${failures}" skipped="${notRun}">
${results.map(result => testCase(role, result)).join('\n')}
  </testsuite>`;
}

function testCase(role: string, result: Result): string {
  const { check, milliseconds } = result;
  const attributes = `name="${check.name}" classname="${role}.${check.level}" time="${milliseconds / 1000}"`;
  const content = testCaseContent(result);
  return content === ''
    ? `    <testcase ${attributes}/>`
    : `    <testcase ${attributes}>${content}</testcase>`;
}

function testCaseContent(result: Result): string {
  const { check, status, reason, failure } = result;
  if (status === 'passed') return '';
  if (!failure) return `<skipped message="${escaped(reason ?? '')}"/>`;
  const message = escaped(`expected ${failure.expected}, got ${failure.got}`);
  if (!failsSuite(result)) return `<skipped message="${message}"/>`;
  const details = [
    `sent: ${failure.sent ?? ''}`,
    ...failure.stderr,
    check.why,
    failure.hint ?? check.hint,
  ];
  return `<failure message="${message}">${escaped(details.join('\n'))}</failure>`;
}

function failsSuite({ check, status }: Result): boolean {
  return status === 'failed' && check.level === 'required';
}

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, character => ENTITIES[character] as string);
}

/** The command line has an exit code for it. */
class CannotWriteReport extends Error {
  override readonly name = 'CannotWriteReport';
}

/** The file for the JUnit report. It is opened before the run, so that a wrong path fails at once. */
export class ReportFile {
  readonly #path: string;
  readonly #fd: number;

  /** Empties the file. Throws a CannotWriteReport. */
  constructor(path: string) {
    this.#path = path;
    this.#fd = this.#try(() => openSync(path, 'w'));
  }

  /** Writes the whole report and closes the file. Throws a CannotWriteReport. */
  write(text: string): void {
    this.#try(() => {
      writeFileSync(this.#fd, text);
      closeSync(this.#fd);
    });
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const reason = reasonOf(error as NodeJS.ErrnoException);
      throw new CannotWriteReport(`cannot write the report to '${this.#path}': ${reason}`);
    }
  }
}
