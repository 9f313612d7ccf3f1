/** A TCP client that a test drives by hand, with a deadline on every read. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { within } from './deadline.ts';
import { Received } from './received.ts';
import type { Ending } from './scope.ts';

export class Peer {
  readonly socket: Socket;
  readonly received: Received;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.received = new Received(socket);
  }

  /** Connects; the connection ends with the test. */
  static async connect(test: Ending, port: number): Promise<Peer> {
    const socket = createConnection({
      host: '127.0.0.1',
      port,
      noDelay: true,
      allowHalfOpen: true,
    });
    test.after(() => socket.destroy());
    const peer = new Peer(socket);
    await within(once(socket, 'connect'), 'a connection');
    return peer;
  }

  send(data: string | Uint8Array): this {
    this.socket.write(data);
    return this;
  }

  /** Sends a line and returns the line that comes back. */
  ask(line: string): Promise<string> {
    return this.send(`${line}\n`).received.line();
  }

  /** Ends our direction; replies can still come. */
  halfClose(): this {
    this.socket.end();
    return this;
  }

  /** Closes with a reset, as a program does that dies with unread input. */
  async reset(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.resetAndDestroy();
    await within(closed, 'the reset');
  }

  async close(): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await within(closed, 'the close');
  }
}
