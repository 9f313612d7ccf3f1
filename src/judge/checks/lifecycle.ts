/** The program as a whole: what it displays, how it ends, and how it starts again. */
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import { type Check, SERVER_ROLES } from '../check.ts';
import { eventually, INTERRUPT_MS, START_MS } from '../program/deadlines.ts';
import type { Program } from '../program/tested-program.ts';
import { Failure } from '../result.ts';

/** A sum whose digits no other output contains. */
const DISPLAYED = '4321 + 1234';
const DISPLAY_MS = 1000;

/** For the operating system to close a connection on both sides. */
const CLOSED_MS = 500;

/** For a program to notice that it cannot go on, to report it and to end. */
const GIVE_UP_MS = 6000;

const SECOND_START = 'a second start on the same port';

const REPORTS_ERROR =
  /in use|already|bind|occupied|errno|error|fail|cannot|can't|could not|unable|EADDRINUSE/i;

/** An unhandled error, as the usual languages print it. */
const STACK_TRACE = /^Traceback|^\s+at .+[(:]\d+|panicked at|^Exception in thread/m;

export const LIFECYCLE: Check<ServerAttempt>[] = [
  {
    name: 'display',
    roles: SERVER_ROLES,
    level: 'required',
    asks: '"All the messages of connection details and information passed should be displayed on the command line with respect to servers and clients."',
    why: 'The output shows what the server is doing.',
    hint: 'Print a line for each message. In C, call fflush(stdout) too, or nothing appears while the program runs.',
    run: async attempt => {
      const server = await attempt.start({ unbuffered: true });
      const client = await server.connect();
      await client.ask(DISPLAYED);
      const isDisplayed = (): boolean => server.program.output.includes('4321');
      if (await eventually(isDisplayed, DISPLAY_MS)) return;
      // Buffered output comes when the program ends.
      server.program.interrupt();
      await server.program.endsWithin(INTERRUPT_MS);
      if (isDisplayed()) return;
      throw new Failure({
        sent: DISPLAYED,
        expected: 'that the output of the server shows the message',
        got: server.program.output.trim() === '' ? 'no output' : 'output without the message',
      });
    },
  },
  {
    name: 'port-in-use',
    roles: SERVER_ROLES,
    level: 'required',
    asks: '"If the port is already occupied, then the server should throw and display the error."',
    why: 'Otherwise a student talks to an old server for an hour and wonders why nothing changes.',
    hint: 'Check the result of bind. Do not set SO_REUSEPORT, which lets two servers share a port; SO_REUSEADDR does not.',
    run: async attempt => {
      const second = await startOnUsedPort(attempt);
      const expected = 'a message that reports the error, and the end of the program';
      if (!(await second.endsWithin(START_MS / 2))) {
        throw new Failure({ sent: SECOND_START, expected, got: 'the program still runs' });
      }
      if (REPORTS_ERROR.test(second.output)) return;
      throw new Failure({ sent: SECOND_START, expected, got: 'the end, but no message' });
    },
  },
  {
    name: 'port-in-use-cleanly',
    roles: SERVER_ROLES,
    level: 'robustness',
    needs: ['port-in-use'],
    asks: 'When the port is occupied, the program prints a message of its own and exits with a code other than 0.',
    why: 'Scripts read the exit code, and users do not read stack traces.',
    hint: 'Catch the error of bind, print one line, and exit with 1.',
    run: async attempt => expectCleanFailure(await startOnUsedPort(attempt), SECOND_START),
  },
  {
    name: 'ctrl-c',
    roles: SERVER_ROLES,
    level: 'required',
    asks: '"The server should terminate on Ctrl+C."',
    why: 'It is the only way to stop the server.',
    hint: 'Check handlers of SIGINT, and every except or catch that also catches KeyboardInterrupt.',
    run: async attempt => expectEndOnInterrupt((await attempt.start()).program),
  },
  {
    name: 'ctrl-c-while-serving',
    roles: SERVER_ROLES,
    level: 'required',
    needs: ['ctrl-c'],
    asks: '"The server should terminate on Ctrl+C", also while a client is connected.',
    why: 'A server usually has clients when it is stopped.',
    hint: 'The program may wait for its threads at the end. Make them daemon threads, or shut their sockets down.',
    run: async attempt => {
      const server = await attempt.start();
      await server.connectServed();
      await expectEndOnInterrupt(server.program, ' while a client is connected');
    },
  },
  {
    name: 'restart',
    roles: SERVER_ROLES,
    level: 'robustness',
    asks: 'A server that ended while a client was connected can be started again on the same port at once.',
    why: 'The system keeps the old connection in TIME_WAIT for a minute. During that time, bind fails.',
    hint: 'Set SO_REUSEADDR before bind.',
    run: async attempt => {
      const server = await attempt.start();
      const { connection } = await server.connectServed();
      await server.program.end();
      await connection.waitUntil(() => connection.ended, CLOSED_MS);
      connection.close();
      await eventually(() => connection.socket.closed, CLOSED_MS);
      const again = await attempt.start({ port: server.port });
      await again.connectNext();
    },
  },
];

/** Starts the program twice, so that the port is used in the way in which the program uses it. */
async function startOnUsedPort(attempt: ServerAttempt): Promise<Program> {
  const { port } = await attempt.start();
  return attempt.launch({ port, unbuffered: true });
}

/** @param when for the report: what happens at the same time. */
export async function expectEndOnInterrupt(program: Program, when = ''): Promise<void> {
  program.interrupt();
  if (await program.endsWithin(INTERRUPT_MS)) return;
  const got = `it still runs ${INTERRUPT_MS / 1000} s later`;
  throw new Failure({ sent: `Ctrl+C${when}`, expected: 'the end of the program', got });
}

/** Expects a message that is not a stack trace, and an exit code that scripts can test. */
export async function expectCleanFailure(program: Program, sent: string): Promise<void> {
  const expected = 'a message without a stack trace, and an exit code other than 0';
  if (!(await program.endsWithin(GIVE_UP_MS))) {
    throw new Failure({ sent, expected, got: 'the program still runs' });
  }
  const message = program.output.trim() === '' ? 'no message' : 'a message';
  const output = STACK_TRACE.test(program.output) ? 'a stack trace' : message;
  if (output === 'a message' && program.exitCode !== 0) return;
  throw new Failure({ sent, expected, got: `${output}, and exit code ${program.exitCode}` });
}
