/** From an address to a connection, or to the reason why there is none. */
import { createConnection, type Socket } from 'node:net';
import type { Address } from '../sockets/address.ts';
import { type Trouble, troubleOf } from './trouble.ts';

interface Events {
  connected(connection: Socket): void;
  failed(trouble: Trouble): void;
}

export class Connector {
  readonly #connection: Socket;
  readonly #timer: NodeJS.Timeout;

  constructor(address: Address, timeoutMs: number, events: Events) {
    const fail = (trouble: Trouble): void => {
      this.stop();
      events.failed(trouble);
    };
    const refused = (error: Error): void => fail(troubleOf(error));
    this.#timer = setTimeout(() => fail({ reason: 'no answer', code: 'ETIMEDOUT' }), timeoutMs);
    this.#connection = createConnection({ ...address, family: 4, noDelay: true })
      .on('error', refused)
      .on('connect', () => {
        clearTimeout(this.#timer);
        events.connected(this.#connection.off('error', refused));
      });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#connection.destroy();
  }
}
