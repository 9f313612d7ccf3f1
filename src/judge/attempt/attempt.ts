/**
 * One attempt of one check: the programs it starts and the connections it opens, all of which end
 * with it. A check makes a second attempt if the first one may have failed because of the machine.
 */
import type { Check } from '../check.ts';
import { CHECK_MS, eventually, inTime, START_MS } from '../program/deadlines.ts';
import { freePort, isListening } from '../program/operating-system.ts';
import { type Command, Program, type StartOptions } from '../program/tested-program.ts';
import {
  cannotStart,
  Failure,
  type FailureDetails,
  NeverListened,
  type Result,
  visible,
} from '../result.ts';
import type { TcpConnection } from './tcp-connection.ts';

/** How often to ask whether the program listens: less and less often as time passes. */
const LISTEN_POLL_MS = 20;
const LISTEN_POLL_SHARE = 0.1;

const STDERR_LINES = 4;

/** For the end of a program to be reported. A program that dies closes its sockets first. */
const EXIT_REPORT_MS = 200;

export class Attempt {
  readonly command: Command;
  readonly programs: Program[] = [];
  readonly connections: TcpConnection[] = [];

  constructor(command: Command) {
    this.command = command;
  }

  /** Starts the program and does not wait for anything. */
  launch(options: StartOptions): Program {
    const program = new Program(this.command, options);
    this.programs.push(program);
    return program;
  }

  /** Starts the program, on a free port unless one is given, and waits until it listens there. */
  async startListening(
    options: Partial<StartOptions> = {},
  ): Promise<{ program: Program; port: number }> {
    const port = options.port ?? (await freePort());
    const program = this.launch({ ...options, port });
    const started = Date.now();
    while (!(await isListening(port))) {
      const waited = Date.now() - started;
      if (program.ended && program.startError) throw cannotStart(program.ended, program.startError);
      if (program.ended || waited > START_MS) {
        throw new NeverListened({
          sent: `a start with port ${port}`,
          expected: 'that it listens on that port',
          got: program.ended ? `it ${program.ended}` : `nothing within ${START_MS / 1000} s`,
          late: program.ended === undefined,
        });
      }
      const pause = Math.max(LISTEN_POLL_MS, LISTEN_POLL_SHARE * waited);
      await eventually(() => program.ended !== undefined, pause);
    }
    return { program, port };
  }

  async end(): Promise<void> {
    for (const connection of this.connections) connection.close();
    for (const program of this.programs) await program.end();
  }
}

/** Makes the attempt and ends it. */
export async function runCheck<A extends Attempt>(check: Check<A>, attempt: A): Promise<Result> {
  const started = Date.now();
  const running = check.run(attempt).then(
    () => ({ error: undefined }),
    (error: unknown) => ({ error }),
  );
  const { error } = (await inTime(running, CHECK_MS)) ?? { error: tooLate() };
  const hasEnded = (): boolean => attempt.programs.some(({ ended }) => ended !== undefined);
  if (error !== undefined) await eventually(hasEnded, EXIT_REPORT_MS);
  const failure = error === undefined ? undefined : detailsOf(error, attempt);
  await attempt.end();
  const milliseconds = Date.now() - started;
  const status = failure ? 'failed' : 'passed';
  return { check, status, milliseconds, ...(failure && { failure }) };
}

function tooLate(): Failure {
  return new Failure({ expected: `an end within ${CHECK_MS / 1000} s`, got: 'none', late: true });
}

/** Adds what the program did: its standard error, and its end if nothing else mentions that. */
function detailsOf(error: unknown, { programs }: Attempt): FailureDetails {
  if (!(error instanceof Failure)) throw error;
  const { got, late = false, ...evidence } = error.evidence;
  const program = programs.find(({ endedByItself }) => endedByItself) ?? programs[0];
  const end = program?.endedByItself;
  const isMentioned = end === undefined || got.includes(end) || got.includes('exit code');
  return {
    ...evidence,
    got: isMentioned ? got : `${got}; the program ${end}`,
    stderr: program?.stderr.lines(STDERR_LINES).map(visible) ?? [],
    late,
    neverListened: error instanceof NeverListened,
  };
}
