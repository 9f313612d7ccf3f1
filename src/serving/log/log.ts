/** The log of a server: one line per event on standard output. */
import type { Observer } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import { system } from '../../sockets/system-calls.ts';
import type { SystemError } from '../../sockets/system-error.ts';
import { wantsColours } from '../../terminal/colours.ts';
import { READER_RETRY_MS } from '../limits.ts';
import type { SelectLoop } from '../select/select-loop.ts';
import { JsonFormat } from './json-format.ts';
import type { LogEvent, LogFormat, LogOptions, Summary } from './log-format.ts';
import { LogOutput } from './log-output.ts';
import { TextFormat } from './text-format.ts';

/** Why a client was disconnected. */
export const disconnectReason = {
  closedByClient: 'closed by the client',
  serverStopped: 'the server stopped',
  forceClosed: 'closed by force, the server stopped',
  idle: (seconds: number): string => `idle for ${seconds} s`,
  failed: ({ reason, code }: SystemError): string => `${reason} (${code})`,
};

const STDOUT = 1;

export class Log {
  readonly output: LogOutput;
  readonly #format: LogFormat;
  readonly #quiet: boolean;
  #isReaderPause = false;

  /** @param severalClients whether the line of a reply must name its client. */
  constructor(options: LogOptions, severalClients: boolean) {
    this.#format = formatFor(options, severalClients);
    this.#quiet = options.quiet;
    this.output = new LogOutput(this.#format);
  }

  listening(address: Address): void {
    this.#print({ event: 'listening', ...address });
  }

  /** @param clients that can be served at the same time. */
  capacity(clients: number): void {
    this.#print({ event: 'capacity', clients });
  }

  connected(socket: number, peer: Address): void {
    this.#print({ event: 'connected', socket, ...peer });
  }

  /** Logs the messages and replies of one client; undefined when they are not wanted. */
  observer(socket: number): Observer | undefined {
    if (this.#quiet) return undefined;
    const message = this.#format.traffic('message', socket);
    const reply = this.#format.traffic('reply', socket);
    return {
      message: (bytes, start, end) => this.output.printTraffic(message, bytes, start, end),
      reply: (bytes, start, end) => this.output.printTraffic(reply, bytes, start, end),
    };
  }

  disconnected(socket: number, reason: string): void {
    this.#print({ event: 'disconnected', socket, reason });
  }

  refused(peer: Address, reason: string): void {
    this.#print({ event: 'refused', ...peer, reason });
  }

  /** @param error of the call that is tried again. */
  retrying(error: SystemError): void {
    const { call } = error;
    this.#print({ event: 'paused', call, reason: disconnectReason.failed(error) });
  }

  /** @param reason the name of a signal, or another reason. */
  stopping(reason: string): void {
    this.#print({ event: 'stopping', reason });
  }

  summary(summary: Summary): void {
    this.#print({ event: 'summary', ...summary });
  }

  stopped(): void {
    this.#print({ event: 'stopped' });
  }

  /** Writes what can be written without waiting. */
  flush(): void {
    this.output.flush();
  }

  /** Flushes, and lets the loop flush again when the output can take more. Call it in every tick. */
  write(loop: SelectLoop): void {
    this.output.flush();
    if (this.output.isBackpressured) loop.watchWrites(this.output);
    else loop.unwatchWrites(this.output);
    if (!this.output.hasNoReader || this.#isReaderPause) return;
    this.#isReaderPause = true;
    loop.after(READER_RETRY_MS, () => {
      this.#isReaderPause = false;
    });
  }

  #print(event: LogEvent): void {
    this.output.print(this.#format.line(event));
  }
}

function formatFor(options: LogOptions, severalClients: boolean): LogFormat {
  if (options.format === 'json') return new JsonFormat();
  const colour = wantsColours(system.isatty(STDOUT), options.colour);
  return new TextFormat({ severalClients, timestamps: options.timestamps, colour });
}
