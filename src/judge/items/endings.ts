/** The ways a program should end: on Ctrl+C, and with a clean message where it cannot do its work. */
import { Failure } from '../failure.ts';
import { INTERRUPT_MS } from '../limits.ts';
import type { Program } from '../program.ts';

/** For a program to see that it cannot go on, to say so and to end. */
const GIVE_UP_MS = 6000;

/** What a program prints that was not prepared for an error, in the usual languages. */
const STACK = /^Traceback|^\s+at .+[(:]\d+|panicked at|^Exception in thread/m;

/** @param when in the report: what was done besides. */
export async function expectEndOnInterrupt(program: Program, when = ''): Promise<void> {
  program.interrupt();
  if (await program.endsWithin(INTERRUPT_MS)) return;
  const came = `it still runs ${INTERRUPT_MS / 1000} s later`;
  throw new Failure({ sent: `Ctrl+C${when}`, expected: 'the end of the program', came });
}

/** Ends with a message that is not the language's own, and with an exit code that tells scripts. */
export async function expectCleanFailure(program: Program, sent: string): Promise<void> {
  const expected = 'a message without a stack trace, and an exit code other than 0';
  if (!(await program.endsWithin(GIVE_UP_MS))) {
    throw new Failure({ sent, expected, came: 'the program runs on' });
  }
  const said = program.output.trim() === '' ? 'no message' : 'a message';
  const what = STACK.test(program.output) ? 'a stack trace' : said;
  if (what === 'a message' && program.exitCode !== 0) return;
  throw new Failure({ sent, expected, came: `${what}, and exit code ${program.exitCode}` });
}
