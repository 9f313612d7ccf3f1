/** The log for people: one line of text per event, as in the sample session of the assignment. */
import { Buffer } from 'node:buffer';
import { formatAddress } from '../../sockets/address.ts';
import { type Colour, coloured } from '../../terminal/colours.ts';
import { MOST_PRINTED_BYTES, writePrintable } from '../../terminal/printable.ts';
import { RETRY_DELAY_MS } from '../limits.ts';
import type { LogEvent, LogFormat, Summary, Traffic, TrafficFormat } from './log-format.ts';

export interface TextOptions {
  /** There may be several clients, so the line of a reply must name its client. */
  readonly severalClients: boolean;
  /** Each line begins with the time. */
  readonly timestamps: boolean;
  /** Each client has a colour. */
  readonly colour: boolean;
}

/** Without red, which is for errors. */
const CLIENT_COLOURS: readonly Colour[] = ['cyan', 'yellow', 'magenta', 'blue', 'green'];

const LF = Buffer.from('\n');

export class TextFormat implements LogFormat {
  readonly #options: TextOptions;

  constructor(options: TextOptions) {
    this.#options = options;
  }

  stamp(): string {
    return this.#options.timestamps ? `${new Date().toISOString()} ` : '';
  }

  line(event: LogEvent): string {
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
        return `${event.reason}: shutting down (no new clients; sending pending replies)`;
      case 'summary':
        return summaryLine(event);
      case 'stopped':
        return 'Server stopped';
    }
  }

  dropped(lines: number): string {
    return `(${counted(lines, 'line')} not logged: they could not be written)`;
  }

  traffic(traffic: Traffic, socket: number): TrafficFormat {
    const toWhom = this.#options.severalClients ? ` to client socket ${socket}` : '';
    const what =
      traffic === 'message' ? `Client socket ${socket} sent message` : `Sending reply${toWhom}`;
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
  return `Cannot ${what}: ${reason}, trying again every ${RETRY_DELAY_MS} ms`;
}

function summaryLine({ clients, refused, messages, errors, seconds }: Summary): string {
  const refusedPart = refused > 0 ? `, refused ${refused}` : '';
  const errorsPart = errors > 0 ? `, ${errors} of them answered with an error` : '';
  const served = `Served ${counted(clients, 'client')}${refusedPart} in ${Math.round(seconds)} s`;
  return `${served}: ${counted(messages, 'message')}${errorsPart}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
