/** The client's options: where to connect, what to send, and what to print. */
import type { Address } from '../sockets/address.ts';
import type { ColourChoice } from '../terminal/colours.ts';

type Print = (line: string) => void;

export interface ClientOptions {
  readonly address: Address;
  /** Prints the whole session, only the replies, or one JSON object per request. */
  readonly shows: 'session' | 'replies' | 'json';
  /** Sent instead of the lines of the input. */
  readonly lines?: readonly string[] | undefined;
  /** For connecting and for each reply; undefined for the default. */
  readonly timeoutMs?: number | undefined;
  /** Try again until a server accepts the connection, and after a lost one at the prompt. */
  readonly retry: boolean;
  /** Error replies have an exit code of their own. */
  readonly strict: boolean;
  readonly keepsHistory: boolean;
  readonly colour: ColourChoice;
  /** Receives a function that prints a line of another program's log above the prompt. */
  readonly attachLog?: ((print: Print) => void) | undefined;
  /** Called on Ctrl+C at the prompt: in raw mode the terminal sends no SIGINT. */
  readonly onInterrupt?: (() => void) | undefined;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly errors: NodeJS.WriteStream;
}
