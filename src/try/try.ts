/** `calcd try`: a server and a client in one terminal, which shows both sides of the conversation. */
import { client } from '../client.ts';
import { coloursFor } from '../terminal/colours.ts';
import type { StandardStreams } from '../terminal/standard-streams.ts';
import { ServerProcess } from './server-process.ts';

const EXIT_FAILED = 1;

const HOST = '127.0.0.1';
const FIRST_PORT = 5000;
/** Ports to try, one after the other; then the system chooses. */
const PORTS_TRIED = 10;

/** Marks the lines of the server's log. */
const MARK = 'server │ ';

/** @returns the client's exit code, or 1 when no server could be started. */
export async function tryOut(name: string, streams: StandardStreams): Promise<number> {
  const { input, output, errors } = streams;
  const { faint } = coloursFor(output);
  let print = (line: string): unknown => output.write(`${line}\n`);
  const started = await startServer(name, streams, line => print(faint(MARK + line)));
  if (!started) return EXIT_FAILED;
  const { server, port } = started;
  if (output.destroyed) {
    await server.stop();
    return EXIT_FAILED;
  }
  const printDirectly = print;
  let isInterrupted = false;
  const exitCode = await client({
    address: { host: HOST, port },
    shows: 'session',
    retry: false,
    strict: false,
    keepsHistory: true,
    colour: 'auto',
    attachLog: printAbovePrompt => {
      print = printAbovePrompt;
    },
    onInterrupt: () => {
      isInterrupted = true;
    },
    input,
    output,
    errors,
  });
  print = printDirectly;
  errors.write(await (isInterrupted ? server.interrupt() : server.stop()));
  return exitCode;
}

interface Started {
  readonly server: ServerProcess;
  readonly port: number;
}

async function startServer(
  name: string,
  { output, errors }: StandardStreams,
  show: (line: string) => void,
): Promise<Started | undefined> {
  for (let tried = 0; tried <= PORTS_TRIED; tried++) {
    const wanted = tried < PORTS_TRIED ? FIRST_PORT + tried : 0;
    const server = new ServerProcess(name, { host: HOST, port: wanted }, show);
    const port = await server.listening();
    if (typeof port === 'number') return { server, port };
    if (!port.includes('EADDRINUSE')) {
      errors.write(port);
      return undefined;
    }
    output.write(`Port ${wanted} is in use\n`);
  }
  return undefined;
}
