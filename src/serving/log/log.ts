/** What a server shows its operator: one line an event. */
import type { Observer } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import { system } from '../../sockets/system-calls.ts';
import type { SystemError } from '../../sockets/system-error.ts';
import { wantsColours } from '../../terminal/colours.ts';
import { JsonStyle } from './json-style.ts';
import type { Summary } from './log-events.ts';
import type { DisplayOptions } from './log-options.ts';
import { Output } from './log-output.ts';
import type { DisplayStyle } from './log-style.ts';
import { TextStyle } from './text-style.ts';

/** Why a client left, in words. */
export const departure = {
  closedByClient: 'closed by the client',
  serverStopped: 'the server stopped',
  cutOff: 'cut off, the server stopped',
  idle: (seconds: number): string => `idle for ${seconds} s`,
  failed: ({ reason, code }: SystemError): string => `${reason} (${code})`,
};

const STDOUT = 1;

export class Display {
  readonly output: Output;
  readonly #style: DisplayStyle;
  readonly #quiet: boolean;

  /** @param severalClients whether a reply's line must say whose it is. */
  constructor(options: DisplayOptions, severalClients: boolean) {
    this.#style = styleFor(options, severalClients);
    this.#quiet = options.quiet;
    this.output = new Output(this.#style);
  }

  listening(address: Address): void {
    this.output.print(this.#style.line({ event: 'listening', ...address }));
  }

  /** How many clients there is room for. */
  capacity(clients: number): void {
    this.output.print(this.#style.line({ event: 'capacity', clients }));
  }

  connected(socket: number, peer: Address): void {
    this.output.print(this.#style.line({ event: 'connected', socket, ...peer }));
  }

  /** Shows the messages and replies of one client; undefined when that is not wanted. */
  observer(socket: number): Observer | undefined {
    if (this.#quiet) return undefined;
    const message = this.#style.said('message', socket);
    const reply = this.#style.said('reply', socket);
    return {
      message: (bytes, start, end) => this.output.printSaid(message, bytes, start, end),
      reply: (bytes, start, end) => this.output.printSaid(reply, bytes, start, end),
    };
  }

  left(socket: number, reason: string): void {
    this.output.print(this.#style.line({ event: 'disconnected', socket, reason }));
  }

  refused(peer: Address, reason: string): void {
    this.output.print(this.#style.line({ event: 'refused', ...peer, reason }));
  }

  /** @param error of the call that is tried again. */
  paused(error: SystemError): void {
    const { call } = error;
    this.output.print(this.#style.line({ event: 'paused', call, reason: departure.failed(error) }));
  }

  /** @param reason a signal's name, or what else ends it. */
  stopping(reason: string): void {
    this.output.print(this.#style.line({ event: 'stopping', reason }));
  }

  summary(summary: Summary): void {
    this.output.print(this.#style.line({ event: 'summary', ...summary }));
  }

  stopped(): void {
    this.output.print(this.#style.line({ event: 'stopped' }));
  }

  /** Shows now what usually waits for the end of the turn. */
  flush(): void {
    this.output.flush();
  }
}

function styleFor(options: DisplayOptions, severalClients: boolean): DisplayStyle {
  if (options.log === 'json') return new JsonStyle();
  const colour = wantsColours(system.isatty(STDOUT), options.colour);
  return new TextStyle({ severalClients, timestamps: options.timestamps, colour });
}
