/** What a client can be told. */

import type { Address } from '../sockets/address.ts';
import type { ColourChoice } from '../terminal/colours.ts';

export interface ClientOptions {
  readonly address: Address;
  /** The whole session, the replies alone, or an object a line for each exchange. */
  readonly shows: 'session' | 'replies' | 'json';
  /** Sent instead of the input's lines. */
  readonly lines?: readonly string[] | undefined;
  /** How long a connection, or a reply, is waited for; undefined for the usual. */
  readonly timeoutMs?: number | undefined;
  /** Wait for a server that is not there, or leaves while somebody is at the prompt. */
  readonly retry: boolean;
  /** Error replies have an exit code of their own. */
  readonly strict: boolean;
  readonly keepsHistory: boolean;
  readonly colour: ColourChoice;
  readonly aside?: Aside | undefined;
  /** Called on Ctrl+C at the prompt, where the terminal makes no signal of it. */
  readonly onInterrupt?: (() => void) | undefined;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Where trouble is reported. */
  readonly errors: NodeJS.WriteStream;
}

/** Somebody else who has lines to show, and is given the means to, above the prompt. */
type Aside = (print: (line: string) => void) => void;
