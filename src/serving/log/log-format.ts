/**
 * What a server logs, and how it is formatted. docs/operators.md lists the events and their fields.
 */
import type { Buffer } from 'node:buffer';
import type { Address } from '../../sockets/address.ts';
import type { ColourChoice } from '../../terminal/colours.ts';

export const LOG_FORMATS = ['text', 'json'] as const;

/** What an operator chooses on the command line. */
export interface LogOptions {
  /** No messages and replies. */
  readonly quiet: boolean;
  readonly format: (typeof LOG_FORMATS)[number];
  /** Only for text: JSON always has the time. */
  readonly timestamps: boolean;
  /** Only for text. */
  readonly colour: ColourChoice;
}

export type LogEvent =
  | ({ readonly event: 'listening' } & Address)
  /** Clients that can be served at the same time. */
  | { readonly event: 'capacity'; readonly clients: number }
  | ({ readonly event: 'connected'; readonly socket: number } & Address)
  | { readonly event: 'disconnected'; readonly socket: number; readonly reason: string }
  | ({ readonly event: 'refused'; readonly reason: string } & Address)
  /** accept or select failed, and is tried again until it succeeds. */
  | { readonly event: 'paused'; readonly call: string; readonly reason: string }
  | { readonly event: 'stopping'; readonly reason: string }
  | ({ readonly event: 'summary' } & Summary)
  | { readonly event: 'stopped' };

/** What a server has done so far. */
export interface Summary {
  /** Clients that were admitted. */
  readonly clients: number;
  readonly refused: number;
  readonly messages: number;
  /** Replies that were errors. */
  readonly errors: number;
  /** Since it began to listen. */
  readonly seconds: number;
}

/** A client's message, or the server's reply. */
export type Traffic = 'message' | 'reply';

/** Text for people, or JSON for programs. */
export interface LogFormat {
  /** The beginning of each line. */
  stamp(): string;
  line(event: LogEvent): string;
  /** A line that stands for this number of lines that were dropped. */
  dropped(lines: number): string;
  /** How to format messages from, or replies to, the client on a socket. */
  traffic(traffic: Traffic, socket: number): TrafficFormat;
}

/** A line of traffic: bytes between two texts that are the same for all lines of its kind. */
export interface TrafficFormat {
  readonly before: Buffer;
  readonly after: Buffer;
  /** The most bytes that `write` writes. */
  readonly mostBytes: number;
  /** Writes bytes `start` to `end` into `target` from `at` on. @returns where the text ends. */
  write(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number;
}
