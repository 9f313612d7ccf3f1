/**
 * The client: asks for a line, sends it, shows the reply, and asks again. At the end of its input
 * it half-closes the connection and still waits for the reply that is due.
 *
 * It sends one line at a time, unless there is a long input from a pipe and proof that the server
 * takes each line for a message (pipelining-proof.ts).
 */
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Connector } from './connector.ts';
import { Lines } from './lines.ts';
import { Pipeline } from './pipeline.ts';
import { PipeliningProof } from './pipelining-proof.ts';
import { Prompt } from './prompt.ts';
import { REPLY_PAUSE_MS, ReplyReader } from './reply-reader.ts';
import {
  quietTranscript,
  sessionTranscript,
  type Transcript,
  terminalTranscript,
} from './transcript.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** A terminal's user is told after so long that the server is silent. */
const SILENCE_MS = 2000;

/** With nobody to press Ctrl+C, so long is waited for a reply or a connection. */
const TIMEOUT_MS = 10_000;

/**
 * A server that greets, or refuses, does so at once. Nothing is asked before, or a greeting would
 * be taken for the first reply.
 */
const GREETING_MS = 50;

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** Replies alone: no prompt, no "Connected". */
  readonly quiet: boolean;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** Where trouble is reported. */
  readonly errors: NodeJS.WriteStream;
}

/** @returns the exit code: 0 at the end of the input or Ctrl+C, 1 when the connection failed. */
export function runClient(options: ClientOptions): Promise<number> {
  return new Promise(resolve => new Client(options, resolve));
}

class Client {
  readonly #options: ClientOptions;
  readonly #resolve: (exitCode: number) => void;
  /** At a terminal alone. */
  readonly #prompt: Prompt | undefined;
  readonly #transcript: Transcript;
  readonly #connector: Connector;
  readonly #lines = new Lines();
  readonly #replies = new ReplyReader();
  readonly #proof: PipeliningProof | undefined;
  #connection: Socket | undefined;
  #pipeline: Pipeline | undefined;
  #state: 'connecting' | 'listening' | 'asking' | 'waiting' | 'pipelining' | 'ended' = 'connecting';
  #asked = '';
  #silent = false;
  #timer: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions, resolve: (exitCode: number) => void) {
    this.#options = options;
    this.#resolve = resolve;
    const { host, port, quiet, input, output } = options;
    if (input.isTTY && output.isTTY && !quiet) this.#prompt = new Prompt(options);
    else if (quiet) this.#proof = new PipeliningProof({ host, port });
    this.#transcript = this.#chooseTranscript();
    process.on('SIGINT', this.#interrupted);
    output.on('error', error => this.#outputFailed(error));
    this.#connector = new Connector({ host, port }, TIMEOUT_MS, {
      connected: connection => this.#connected(connection),
      failed: trouble => this.#fail('cannot connect', trouble),
    });
  }

  #chooseTranscript(): Transcript {
    if (this.#prompt) return terminalTranscript(this.#prompt);
    const { quiet, output, errors } = this.#options;
    const print = (line: string): unknown => output.write(`${line}\n`);
    if (!quiet) return sessionTranscript(print);
    return quietTranscript(print, line => errors.write(`${line}\n`));
  }

  #connected(connection: Socket): void {
    this.#connection = connection
      .on('data', bytes => this.#received(bytes))
      .on('error', error => this.#fail('connection lost', troubleOf(error)))
      .on('close', () => this.#serverLeft());
    this.#transcript.connected();
    this.#state = 'listening';
    this.#setTimer(GREETING_MS, () => this.#askUnlessGreeted());
  }

  #askUnlessGreeted(): void {
    if (this.#replies.unfinished) this.#setTimer(REPLY_PAUSE_MS, () => this.#askUnlessGreeted());
    else this.#ask();
  }

  #ask(): void {
    this.#state = 'asking';
    this.#setTimer(0, undefined);
    if (!this.#lines.isReading) this.#read();
    this.#lines.readOn();
    if (this.#proof?.isProven) {
      this.#state = 'pipelining';
      this.#pipeline = new Pipeline(this.#lines, this.#connection as Socket, this.#options.output);
      this.#sendPipelined();
      return;
    }
    const line = this.#lines.next();
    if (line !== undefined) this.#send(line);
    else if (this.#lines.ended) this.#end(0);
    else this.#prompt?.ask();
  }

  #read(): void {
    const { input } = this.#options;
    const reader = this.#prompt
      ? this.#prompt.open(this.#interrupted)
      : createInterface({ input, terminal: false });
    this.#lines.readFrom(reader, {
      entered: () => this.#entered(),
      ended: () => this.#inputEnds(),
    });
  }

  #entered(): void {
    if (this.#state === 'pipelining') this.#sendPipelinedSoon();
    else if (this.#state === 'asking') this.#ask();
    else if (this.#state === 'waiting' && this.#silent) this.#stopWaiting();
  }

  /** A reply that does not come is given up for a new line; an empty one just brings the prompt. */
  #stopWaiting(): void {
    this.#lines.skipEmpty();
    this.#ask();
  }

  #send(line: string): void {
    this.#transcript.asked(line);
    this.#state = 'waiting';
    this.#asked = line;
    this.#silent = false;
    this.#connection?.write(`${line}\n`);
    if (this.#lines.exhausted) this.#connection?.end();
    if (this.#prompt) this.#setTimer(SILENCE_MS, () => this.#noticeSilence());
    else this.#giveUpLater();
  }

  #giveUpLater(): void {
    this.#setTimer(TIMEOUT_MS, () =>
      this.#fail('no reply', { reason: 'the server is silent', code: 'ETIMEDOUT' }),
    );
  }

  /** Several lines that are entered together are sent together. */
  #sendPipelinedSoon(): void {
    if (this.#lines.waiting <= 1) setImmediate(() => this.#sendPipelined());
  }

  #sendPipelined(): void {
    if (this.#state !== 'pipelining' || !this.#pipeline) return;
    this.#pipeline.send();
    if (!this.#pipeline.isSettled) this.#giveUpLater();
    else if (this.#lines.ended) this.#end(0);
  }

  #noticeSilence(): void {
    this.#silent = true;
    this.#transcript.noticed('no reply yet; press Enter to stop waiting for it');
  }

  #inputEnds(): void {
    if (this.#state === 'ended') return;
    this.#prompt?.leave();
    if (this.#state === 'pipelining') {
      this.#sendPipelinedSoon();
      return;
    }
    if (!this.#lines.exhausted) return;
    this.#connection?.end();
    if (this.#state === 'asking') this.#end(0);
    else if (this.#state === 'waiting') this.#giveUpLater();
  }

  #received(bytes: Buffer): void {
    if (this.#state === 'pipelining') {
      this.#pipeline?.receive(bytes);
      this.#sendPipelined();
      return;
    }
    clearTimeout(this.#pause);
    if (this.#state === 'waiting') {
      this.#proof?.consider(this.#asked, bytes.toString('latin1'), this.#lines.waiting);
    }
    const reply = this.#replies.receive(bytes, this.#state === 'waiting');
    if (reply !== undefined) this.#replied(reply);
    else if (this.#replies.unfinished) {
      this.#pause = setTimeout(() => this.#finishReply(), REPLY_PAUSE_MS);
    }
  }

  #finishReply(): void {
    const reply = this.#replies.finish();
    if (reply !== undefined) this.#replied(reply);
  }

  #replied(reply: string): void {
    if (this.#state === 'waiting') {
      this.#state = 'listening';
      this.#transcript.replied(reply);
      this.#ask();
    } else {
      this.#transcript.said(reply);
    }
  }

  #serverLeft(): void {
    if (this.#state === 'ended') return;
    this.#finishReply();
    const allReplied = this.#state !== 'waiting' && (this.#pipeline?.isSettled ?? true);
    if (this.#lines.exhausted && allReplied) this.#end(0);
    else {
      const what = this.#state === 'listening' ? 'not served' : 'connection lost';
      this.#fail(what, { reason: 'the server closed the connection', code: 'EOF' });
    }
  }

  /** Whoever reads our output may stop when it has enough; to lose replies otherwise is a failure. */
  #outputFailed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') this.#end(0);
    else this.#fail('cannot write', troubleOf(error));
  }

  #fail(what: string, { reason, code }: Trouble): void {
    if (this.#state === 'ended') return;
    const { errors, host, port } = this.#options;
    this.#prompt?.leave();
    errors.write(`calcd: ${what}: ${host}:${port}: ${reason} (${code})\n`);
    this.#end(1);
  }

  readonly #interrupted = (): void => {
    this.#prompt?.leave();
    this.#end(0);
  };

  #end(exitCode: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#setTimer(0, undefined);
    clearTimeout(this.#pause);
    process.off('SIGINT', this.#interrupted);
    this.#lines.close();
    this.#connector.stop();
    this.#connection?.destroy();
    this.#resolve(exitCode);
  }

  /** One thing at a time is waited for. */
  #setTimer(milliseconds: number, action: (() => void) | undefined): void {
    clearTimeout(this.#timer);
    if (action) this.#timer = setTimeout(action, milliseconds);
  }
}
