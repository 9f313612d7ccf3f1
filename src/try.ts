/** `calcd try`: server3 and a client on it in one terminal, for a first look. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { argv, execPath, stderr, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { runClient } from './client/client.ts';

const HOST = '127.0.0.1';
const FIRST_PORT = 5000;
/** Ports tried one after the other; then the system chooses. */
const PORTS_TRIED = 10;

const LISTENING = /^Server listening on .*:(\d+)$/;

/** @returns the client's exit code, or 1 when no server could be started. */
export async function tryOut(): Promise<number> {
  const started = await startServer();
  if (!started) return 1;
  const { server, port } = started;
  process.once('SIGTERM', () => {
    server.kill('SIGTERM');
    process.kill(process.pid, 'SIGTERM');
  });
  stdout.write(`Server listening on ${HOST}:${port}\n`);
  const exitCode = await runClient({
    address: { host: HOST, port },
    shows: 'session',
    retry: false,
    strict: false,
    keepsHistory: true,
    colour: 'auto',
    input: stdin,
    output: stdout,
    errors: stderr,
  });
  await stop(server);
  return exitCode;
}

interface Started {
  readonly server: ChildProcess;
  readonly port: number;
}

async function startServer(): Promise<Started | undefined> {
  for (let tried = 0; tried <= PORTS_TRIED; tried++) {
    const wanted = tried < PORTS_TRIED ? FIRST_PORT + tried : 0;
    const started = await startServerOn(wanted);
    if (typeof started !== 'string') return started;
    if (!started.includes('EADDRINUSE')) {
      stderr.write(started);
      return undefined;
    }
    stdout.write(`Port ${wanted} is in use\n`);
  }
  return undefined;
}

/** @returns what the server complained of when it did not start. */
async function startServerOn(wanted: number): Promise<Started | string> {
  const words = [argv[1] as string, 'server3', '--quiet', HOST, String(wanted)];
  const server = spawn(execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const complaint = text(server.stderr);
  const lines = createInterface(server.stdout);
  const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  lines.close();
  const port = LISTENING.exec(line ?? '')?.[1];
  server.stdout.resume();
  return port ? { server, port: Number(port) } : complaint;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}
