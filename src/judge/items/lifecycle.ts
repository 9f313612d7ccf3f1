/** The program as a whole: what it shows, how it ends, and how it starts again. */
import { Failure } from '../failure.ts';
import type { Item } from '../item.ts';
import { INTERRUPT_MS, START_MS } from '../limits.ts';
import type { Program } from '../program.ts';
import type { ServerTrial } from '../server-trial.ts';
import { unbuffered } from '../unbuffered.ts';
import { eventually } from '../waiting.ts';
import { expectCleanFailure, expectEndOnInterrupt } from './endings.ts';
import { SERVERS } from './roles.ts';

/** A sum whose digits nothing else prints. */
const SHOWN_SUM = '4321 + 1234';
const DISPLAY_MS = 1000;

/** For the operating system to know of a connection's end on both sides. */
const CLOSED_MS = 500;

const SECOND_START = 'a second start on the same port';

const SAYS_ERROR =
  /in use|already|bind|occupied|errno|error|fail|cannot|can't|could not|unable|EADDRINUSE/i;

export const LIFECYCLE: Item<ServerTrial>[] = [
  {
    name: 'display',
    roles: SERVERS,
    level: 'required',
    asks: '"All the messages of connection details and information passed should be displayed on the command line with respect to servers and clients."',
    why: 'It is how one sees what a server is doing.',
    look: 'a line for each message; in C also fflush(stdout), or nothing shows while the program runs.',
    run: async trial => {
      const server = await trial.start({ prefix: unbuffered(trial.command) });
      const chat = await server.connect();
      await chat.ask(SHOWN_SUM);
      const isShown = (): boolean => server.program.output.includes('4321');
      if (await eventually(isShown, DISPLAY_MS)) return;
      // What was held back comes out at the end.
      server.program.interrupt();
      await server.program.endsWithin(INTERRUPT_MS);
      if (isShown()) return;
      throw new Failure({
        sent: SHOWN_SUM,
        expected: 'that the message shows in the output of the server',
        came: server.program.output.trim() === '' ? 'no output at all' : 'an output without it',
      });
    },
  },
  {
    name: 'port-in-use',
    roles: SERVERS,
    level: 'required',
    asks: '"If the port is already occupied, then the server should throw and display the error."',
    why: 'Else one talks to an old server for an hour and wonders why nothing changes.',
    look: 'the result of bind; SO_REUSEPORT lets two servers share a port, SO_REUSEADDR does not.',
    run: async trial => {
      const second = await startOnUsedPort(trial);
      const expected = 'a message that tells of the error, and the end of the program';
      if (!(await second.endsWithin(START_MS / 2))) {
        throw new Failure({ sent: SECOND_START, expected, came: 'the program runs on' });
      }
      if (SAYS_ERROR.test(second.output)) return;
      throw new Failure({ sent: SECOND_START, expected, came: 'the end, and no message' });
    },
  },
  {
    name: 'port-in-use-cleanly',
    roles: SERVERS,
    level: 'real server',
    needs: ['port-in-use'],
    asks: 'When the port is occupied, the program says so in a message of its own and exits with a code other than 0.',
    why: 'Scripts look at the exit code, and people do not read stack traces.',
    look: 'a catch around bind that prints one line and exits with 1.',
    run: async trial => expectCleanFailure(await startOnUsedPort(trial), SECOND_START),
  },
  {
    name: 'ctrl-c',
    roles: SERVERS,
    level: 'required',
    asks: '"The server should terminate on Ctrl+C."',
    why: 'It is the only way to end it.',
    look: 'handlers of SIGINT, and a catch around everything that also catches KeyboardInterrupt.',
    run: async trial => expectEndOnInterrupt((await trial.start()).program),
  },
  {
    name: 'ctrl-c-while-serving',
    roles: SERVERS,
    level: 'required',
    needs: ['ctrl-c'],
    asks: '"The server should terminate on Ctrl+C", also while a client is connected.',
    why: 'It is then that one presses it.',
    look: 'threads that are waited for at the end: make them daemons, or shut their sockets down.',
    run: async trial => {
      const server = await trial.start();
      await server.connectServed();
      await expectEndOnInterrupt(server.program, ' while a client is connected');
    },
  },
  {
    name: 'restart',
    roles: SERVERS,
    level: 'real server',
    asks: 'After it has ended with a client connected, it can be started again on the same port at once.',
    why: 'The system keeps the old connection in TIME_WAIT for a minute, and bind fails meanwhile.',
    look: 'SO_REUSEADDR, set before bind.',
    run: async trial => {
      const server = await trial.start();
      const { connection } = await server.connectServed();
      await server.program.end();
      await connection.until(() => connection.ended, CLOSED_MS);
      connection.close();
      await eventually(() => connection.socket.closed, CLOSED_MS);
      const again = await trial.start({ port: server.port });
      await again.serveNewcomer();
    },
  },
];

/** A second program where a first one listens: the port is really in use, as the program uses it. */
async function startOnUsedPort(trial: ServerTrial): Promise<Program> {
  const { port } = await trial.start();
  return trial.launch({ port, prefix: unbuffered(trial.command) });
}
