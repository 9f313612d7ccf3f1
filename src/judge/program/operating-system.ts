/**
 * What the operating system knows about the program under test: whether it listens on its port, and
 * what its processes use. On Linux this is read from /proc. Elsewhere, checks that need it are skipped.
 */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';

/** The address that every program listens on. */
export const HOST = '127.0.0.1';

/**
 * Ports for the programs. They are below the range from which systems take the ports of outgoing
 * connections: one of those could be taken at any moment.
 */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;

/** Two programs may be about to listen at the same time, so no port is given out twice. */
const givenPorts = new Set<number>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    if (givenPorts.has(port) || !(await isFree(port))) continue;
    givenPorts.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, HOST), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

const SOCKET_TABLES = ['/proc/net/tcp', '/proc/net/tcp6'].filter(table => existsSync(table));

/** A row of these tables: the local port and the state. */
const ROW = /: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /g;
const LISTEN = '0A';
const CHUNK_BYTES = 16 * 1024;

/** Reads it from the system if possible: a connection would make server1 busy with a client. */
export async function isListening(port: number): Promise<boolean> {
  if (SOCKET_TABLES.length === 0) return accepts(port);
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return SOCKET_TABLES.some(table => listeningPorts(table).has(hex));
}

/** Listening sockets come first in a table. The rest, thousands on a busy machine, is not read. */
function listeningPorts(table: string): Set<string> {
  const ports = new Set<string>();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const file = openSync(table, 'r');
  try {
    let text = '';
    for (let length = 1; length > 0; ) {
      length = readSync(file, chunk);
      text += chunk.toString('latin1', 0, length);
      const rows = [...text.matchAll(ROW)];
      for (const [, port, state] of rows) {
        if (state !== LISTEN) return ports;
        ports.add(port as string);
      }
      text = text.slice(text.lastIndexOf('\n') + 1);
    }
    return ports;
  } finally {
    closeSync(file);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = createConnection({ host: HOST, port });
  socket.on('error', () => {});
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
  const connected = socket.readyState === 'open';
  socket.destroy();
  return connected;
}

/** What all processes of one process group use together. */
export interface ResourceUsage {
  readonly processes: number;
  readonly zombies: number;
  /** Each process's first thread counts too. */
  readonly threads: number;
  readonly descriptors: number;
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

/** Clock ticks per second and pages per MiB, as on all usual Linux systems. */
const TICKS_PER_SECOND = 100;
const PAGES_PER_MIB = 256;

/** Polling interval for `resourceUsage`, which reads a file for every process of the machine. */
export const USAGE_POLL_MS = 100;

export const hasProcessTable = process.platform === 'linux';

export function resourceUsage(group: number): ResourceUsage {
  const usage = {
    processes: 0,
    zombies: 0,
    threads: 0,
    descriptors: 0,
    cpuSeconds: 0,
    residentMiB: 0,
  };
  for (const pid of processes()) {
    const fields = statFields(pid);
    if (!fields || fields[2] !== String(group)) continue;
    if (fields[0] === 'Z') {
      usage.zombies++;
      continue;
    }
    const number = (index: number): number => Number(fields[index]);
    usage.processes++;
    usage.threads += number(17);
    usage.cpuSeconds += (number(11) + number(12)) / TICKS_PER_SECOND;
    usage.residentMiB += number(21) / PAGES_PER_MIB;
    usage.descriptors += countEntries(`/proc/${pid}/fd`);
  }
  return usage;
}

/** Processes that have this `NAME=value` in their environment. */
export function processesWith(variable: string): number[] {
  if (!hasProcessTable) return [];
  return processes().filter(pid => read(`/proc/${pid}/environ`).includes(variable));
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of proc(5) stat after the program's name, which may itself contain spaces: state first. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function countEntries(directory: string): number {
  try {
    return readdirSync(directory).length;
  } catch {
    return 0;
  }
}

/** Empty when the process has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
