/** What a server shows its operator, as events. docs/operators.md names them and their fields. */
import type { Address } from '../../sockets/address.ts';

export type DisplayEvent =
  | ({ readonly event: 'listening' } & Address)
  /** How many clients there is room for. */
  | { readonly event: 'capacity'; readonly clients: number }
  | ({ readonly event: 'connected'; readonly socket: number } & Address)
  | { readonly event: 'disconnected'; readonly socket: number; readonly reason: string }
  | ({ readonly event: 'refused'; readonly reason: string } & Address)
  /** A system call failed, accept or select, and is tried again until it succeeds. */
  | { readonly event: 'paused'; readonly call: string; readonly reason: string }
  | { readonly event: 'stopping'; readonly reason: string }
  | ({ readonly event: 'summary' } & Summary)
  | { readonly event: 'stopped' };

/** What a server did so far. */
export interface Summary {
  /** Clients that were welcomed. */
  readonly clients: number;
  readonly refused: number;
  readonly messages: number;
  /** Replies that were errors. */
  readonly errors: number;
  /** Since it listens. */
  readonly seconds: number;
}

/** Who said it: the message is the client's, the reply ours. */
export type Said = 'message' | 'reply';
