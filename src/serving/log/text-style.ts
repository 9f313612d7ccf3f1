/** The display for people: one line an event, by docs/protocol.md's sample session. */
import { Buffer } from 'node:buffer';
import { formatAddress } from '../../sockets/address.ts';
import { type Colour, coloured } from '../../terminal/colours.ts';
import { MOST_PRINTED_BYTES, writePrintable } from '../../terminal/printable.ts';
import { FAILURE_PAUSE_MS } from '../limits.ts';
import type { DisplayEvent, Said, Summary } from './log-events.ts';
import type { DisplayStyle, SaidStyle } from './log-style.ts';

export interface TextOptions {
  /** Whether there may be several clients, so that a reply's line must say whose it is. */
  readonly severalClients: boolean;
  /** Whether each line begins with the time. */
  readonly timestamps: boolean;
  /** Whether each client has a colour. */
  readonly colour: boolean;
}

/** Not red, which is for what is wrong. */
const CLIENT_COLOURS: readonly Colour[] = ['cyan', 'yellow', 'magenta', 'blue', 'green'];

const LF = Buffer.from('\n');

export class TextStyle implements DisplayStyle {
  readonly #options: TextOptions;

  constructor(options: TextOptions) {
    this.#options = options;
  }

  stamp(): string {
    return this.#options.timestamps ? `${new Date().toISOString()} ` : '';
  }

  line(event: DisplayEvent): string {
    switch (event.event) {
      case 'listening':
        return `Server listening on ${formatAddress(event)}`;
      case 'capacity':
        return `Serving at most ${event.clients} clients at a time`;
      case 'connected': {
        const who = this.#coloured(event.socket, `client socket number ${event.socket}`);
        return `Connected with ${who} (${formatAddress(event)})`;
      }
      case 'disconnected': {
        const who = this.#coloured(event.socket, `Client socket ${event.socket}`);
        return `${who} disconnected: ${event.reason}`;
      }
      case 'refused':
        return `Refused client ${formatAddress(event)}: ${event.reason}`;
      case 'paused':
        return pausedLine(event.call, event.reason);
      case 'stopping':
        return `Stopping on ${event.reason}: no new clients, replies due are delivered`;
      case 'summary':
        return summaryLine(event);
      case 'stopped':
        return 'Server stopped';
    }
  }

  dropped(lines: number): string {
    return `(${counted(lines, 'line')} not shown: they could not be written)`;
  }

  said(who: Said, socket: number): SaidStyle {
    const toWhom = this.#options.severalClients ? ` to client socket ${socket}` : '';
    const what =
      who === 'message' ? `Client socket ${socket} sent message` : `Sending reply${toWhom}`;
    return {
      before: Buffer.from(`${this.#coloured(socket, what)}: `),
      after: LF,
      mostBytes: MOST_PRINTED_BYTES,
      write: writePrintable,
    };
  }

  #coloured(socket: number, text: string): string {
    if (!this.#options.colour) return text;
    return coloured(CLIENT_COLOURS[socket % CLIENT_COLOURS.length] as Colour, text);
  }
}

function pausedLine(call: string, reason: string): string {
  const what = call === 'accept' ? 'accept clients' : 'wait for clients';
  return `Cannot ${what}: ${reason}, trying again every ${FAILURE_PAUSE_MS} ms`;
}

function summaryLine({ clients, refused, messages, errors, seconds }: Summary): string {
  const turnedAway = refused > 0 ? `, refused ${refused}` : '';
  const wrong = errors > 0 ? `, ${errors} of them answered with an error` : '';
  const served = `Served ${counted(clients, 'client')}${turnedAway} in ${Math.round(seconds)} s`;
  return `${served}: ${counted(messages, 'message')}${wrong}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
