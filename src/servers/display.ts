/** What a server shows its operator: one line an event, by docs/protocol.md's sample session. */
import { Buffer } from 'node:buffer';
import type { Observer } from '../conversation/conversation.ts';
import { type Address, formatAddress } from '../sockets/address.ts';
import type { SystemError } from '../sockets/system-error.ts';
import { ACCEPT_PAUSE_MS } from './limits.ts';
import type { Output } from './output.ts';

/** Why a client left, in words. */
export const departure = {
  closedByClient: 'closed by the client',
  serverStopped: 'the server stopped',
  cutOff: 'cut off, the server stopped',
  failed: ({ reason, code }: SystemError): string => `${reason} (${code})`,
};

export interface DisplayOptions {
  /** No line per message. */
  readonly quiet: boolean;
  /** Whether there may be several clients, so that a reply's line must say whose it is. */
  readonly severalClients: boolean;
}

export class Display {
  readonly #output: Output;
  readonly #options: DisplayOptions;

  constructor(output: Output, options: DisplayOptions) {
    this.#output = output;
    this.#options = options;
  }

  listening(address: Address): void {
    this.#output.print(`Server listening on ${formatAddress(address)}`);
  }

  /** How many clients there is room for. */
  room(limit: number): void {
    if (this.#options.severalClients) {
      this.#output.print(`Serving at most ${limit} clients at a time`);
    }
  }

  connected(fd: number, peer: Address): void {
    this.#output.print(`Connected with client socket number ${fd} (${formatAddress(peer)})`);
  }

  /** Shows the messages and replies of one client; undefined when that is not wanted. */
  observer(fd: number): Observer | undefined {
    if (this.#options.quiet) return undefined;
    const toWhom = this.#options.severalClients ? ` to client socket ${fd}` : '';
    const sent = Buffer.from(`Client socket ${fd} sent message: `);
    const sending = Buffer.from(`Sending reply${toWhom}: `);
    return {
      message: (bytes, start, end) => this.#output.printSaid(sent, bytes, start, end),
      reply: (bytes, start, end) => this.#output.printSaid(sending, bytes, start, end),
    };
  }

  left(fd: number, reason: string): void {
    this.#output.print(`Client socket ${fd} disconnected: ${reason}`);
  }

  refused(peer: Address, reason: string): void {
    this.#output.print(`Refused client ${formatAddress(peer)}: ${reason}`);
  }

  acceptPaused({ reason, code }: SystemError): void {
    const pause = `trying again every ${ACCEPT_PAUSE_MS} ms`;
    this.#output.print(`Cannot accept clients: ${reason} (${code}), ${pause}`);
  }

  /** @param reason a signal's name, or what else asked for it. */
  stopping(reason: string): void {
    this.#output.print(`Stopping on ${reason}: no new clients, replies due are delivered`);
  }

  stopped(): void {
    this.#output.print('Server stopped');
  }

  /** Shows now what usually waits for the end of the turn. */
  flush(): void {
    this.#output.flush();
  }
}
