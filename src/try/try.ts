/** `calcd try`: a server and a client on it in one terminal, so that both sides are seen. */
import { stderr, stdin, stdout } from 'node:process';
import { runClient } from '../client/client.ts';
import { coloursFor } from '../terminal/colours.ts';
import { ServerProcess } from './server-process.ts';

const HOST = '127.0.0.1';
const FIRST_PORT = 5000;
/** Ports tried one after the other; then the system chooses. */
const PORTS_TRIED = 10;

/** Sets the server's lines apart from the client's. */
const MARK = 'server │ ';

/** @returns the client's exit code, or 1 when no server could be started. */
export async function tryOut(name: string): Promise<number> {
  const { faint } = coloursFor(stdout);
  let print = (line: string): unknown => stdout.write(`${line}\n`);
  const started = await startServer(name, line => print(faint(MARK + line)));
  if (!started) return 1;
  const { server, port } = started;
  const printDirectly = print;
  const exitCode = await runClient({
    address: { host: HOST, port },
    shows: 'session',
    retry: false,
    strict: false,
    keepsHistory: true,
    colour: 'auto',
    aside: printAbovePrompt => {
      print = printAbovePrompt;
    },
    input: stdin,
    output: stdout,
    errors: stderr,
  });
  print = printDirectly;
  stderr.write(await server.stop());
  return exitCode;
}

interface Started {
  readonly server: ServerProcess;
  readonly port: number;
}

async function startServer(
  name: string,
  show: (line: string) => void,
): Promise<Started | undefined> {
  for (let tried = 0; tried <= PORTS_TRIED; tried++) {
    const wanted = tried < PORTS_TRIED ? FIRST_PORT + tried : 0;
    const server = new ServerProcess(name, { host: HOST, port: wanted }, show);
    const port = await server.listening();
    if (typeof port === 'number') return { server, port };
    if (!port.includes('EADDRINUSE')) {
      stderr.write(port);
      return undefined;
    }
    stdout.write(`Port ${wanted} is in use\n`);
  }
  return undefined;
}
