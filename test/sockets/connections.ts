/** Sockets on loopback for tests, each of them closed when its test is over. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FdSet, select } from '../../src/sockets/select.ts';
import { Socket, WOULD_BLOCK } from '../../src/sockets/socket.ts';

/** Longest wait for something that loopback does at once: the machine may have others to serve. */
export const DEADLINE_MS = 60_000;

const HOST = '127.0.0.1';

export interface Connection {
  readonly client: Socket;
  readonly server: Socket;
}

export class TestSockets {
  readonly #closers = new Map<Socket, () => void>();

  constructor(test: TestContext) {
    test.after(() => {
      for (const close of this.#closers.values()) close();
    });
  }

  open(): Socket {
    return this.keep(Socket.open());
  }

  /** A blocking listener on a free port. */
  listener(): Socket {
    const listener = this.open();
    listener.bind({ host: HOST, port: 0 });
    listener.listen(511);
    return listener;
  }

  /** A blocking client and its socket on the server's side, non-blocking if so wished. */
  connect(listener: Socket, nonBlocking = true): Connection {
    const client = this.open();
    client.connect(listener.localAddress());
    const accepted = listener.accept(nonBlocking);
    assert(accepted);
    return { client, server: this.keep(accepted.socket) };
  }

  keep(socket: Socket): Socket {
    this.#closers.set(socket, () => socket.close());
    return socket;
  }

  /** Closes before the end of the test. */
  close(socket: Socket): void {
    this.#closers.delete(socket);
    socket.close();
  }
}

export function fdSetOf(...fds: number[]): FdSet {
  return new FdSet(fds);
}

export function members(set: FdSet): number[] {
  const found: number[] = [];
  set.forEach(fd => {
    found.push(fd);
  });
  return found;
}

/** Sends until nothing more fits. @returns bytes sent. */
export function fill(socket: Socket, chunk: Uint8Array): number {
  let sent = 0;
  for (;;) {
    const count = socket.send(chunk);
    if (count === WOULD_BLOCK) return sent;
    sent += count;
  }
}

/** Waits until a socket can be read. */
export function awaitReadable(socket: Socket): void {
  assert.equal(select(fdSetOf(socket.fd), new FdSet(), DEADLINE_MS), 1, 'not readable in time');
}
