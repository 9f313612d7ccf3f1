/** Ports for the programs that are judged: a free one, and whether somebody listens on it. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { HOST } from './program.ts';

/** Below those that systems give to outgoing connections, which could take one at any moment. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** Each is given out once: two programs may be about to listen at the same time. */
const given = new Set<number>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
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

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'].filter(table => existsSync(table));

/** A row of those tables: the local port and the state. */
const ROW = /: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /g;
const LISTEN = '0A';
const CHUNK_BYTES = 16 * 1024;

/**
 * Asks the system where it can be asked: to connect would make a client, and a server for one
 * client would be engaged with it.
 */
export async function isListening(port: number): Promise<boolean> {
  if (TABLES.length === 0) return accepts(port);
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return TABLES.some(table => listeningPorts(table).has(hex));
}

/** The tables begin with those that listen; the rest, thousands on a busy machine, is not read. */
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
