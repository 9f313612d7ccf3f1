/**
 * The client: asks for a line, sends it, shows the reply, and asks again. At the end of its input
 * it half-closes the connection and still waits for the reply that is due.
 */
import { createConnection, type Socket } from 'node:net';
import { createInterface, cursorTo, type Interface } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { getSystemErrorMap } from 'node:util';
import { REPLY_PAUSE_MS, ReplyReader } from './reply-reader.ts';

const PROMPT = 'Please enter the message to the server: ';

/** A terminal's user is told after so long that the server is silent. */
const SILENCE_MS = 2000;

/** With nobody to press Ctrl+C, so long is waited for a reply or a connection. */
const TIMEOUT_MS = 10_000;

/** A server that greets does so at once; input from a pipe waits for that, or the greeting would be
 * taken for the first reply. */
const GREETING_MS = 50;

/** Lines read ahead from a pipe. */
const LINES_AHEAD = 1000;

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
  readonly #interactive: boolean;
  readonly #connection: Socket;
  readonly #lines: Interface;
  readonly #replies = new ReplyReader();
  readonly #queue: string[] = [];
  #state: 'connecting' | 'greeting' | 'asking' | 'waiting' | 'ended' = 'connecting';
  #silent = false;
  #inputEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions, resolve: (exitCode: number) => void) {
    this.#options = options;
    this.#resolve = resolve;
    const { host, port, input, output, quiet } = options;
    this.#interactive = input.isTTY && output.isTTY && !quiet;
    this.#lines = createInterface({
      input,
      prompt: PROMPT,
      terminal: this.#interactive,
      ...(this.#interactive && { output }),
    });
    this.#lines.pause();
    this.#connection = createConnection({ host, port, family: 4, noDelay: true });
    this.#setTimer(TIMEOUT_MS, () => this.#fail('cannot connect', 'no answer', 'ETIMEDOUT'));
    this.#listen();
  }

  #listen(): void {
    this.#connection
      .on('connect', () => this.#connected())
      .on('data', bytes => this.#received(bytes))
      .on('error', (error: NodeJS.ErrnoException) => this.#connectionFailed(error))
      .on('close', () => this.#serverLeft());
    this.#lines
      .on('line', line => this.#entered(line))
      .on('close', () => this.#inputEnds())
      .on('SIGINT', this.#interrupted);
    process.on('SIGINT', this.#interrupted);
    this.#options.output.on('error', () => this.#end(0));
  }

  #connected(): void {
    if (!this.#options.quiet) this.#print('Connected to server');
    this.#state = 'greeting';
    this.#setTimer(this.#interactive ? 0 : GREETING_MS, () => this.#ask());
  }

  #ask(): void {
    this.#state = 'asking';
    this.#setTimer(0, undefined);
    if (this.#queue.length < LINES_AHEAD) this.#lines.resume();
    if (this.#queue.length > 0) this.#send(this.#queue.shift() as string);
    else if (this.#inputEnded) this.#end(0);
    else if (this.#interactive) this.#lines.prompt();
  }

  #entered(line: string): void {
    this.#queue.push(line);
    if (this.#queue.length >= LINES_AHEAD) this.#lines.pause();
    if (this.#state === 'asking') this.#ask();
    else if (this.#state === 'waiting' && this.#silent) this.#stopWaiting();
  }

  /** A reply that does not come is given up for a new line; an empty one just brings the prompt. */
  #stopWaiting(): void {
    if (this.#queue[0] === '') this.#queue.shift();
    this.#ask();
  }

  #send(line: string): void {
    if (!this.#interactive && !this.#options.quiet) this.#print(`${PROMPT}${line}`);
    this.#state = 'waiting';
    this.#silent = false;
    this.#connection.write(`${line}\n`);
    if (this.#inputEnded && this.#queue.length === 0) this.#connection.end();
    if (this.#interactive) this.#setTimer(SILENCE_MS, () => this.#noticeSilence());
    else
      this.#setTimer(TIMEOUT_MS, () => this.#fail('no reply', 'the server is silent', 'ETIMEDOUT'));
  }

  #noticeSilence(): void {
    this.#silent = true;
    this.#print('Still waiting: the server may be busy with another client. Enter asks again.');
  }

  #inputEnds(): void {
    if (this.#state === 'ended') return;
    this.#inputEnded = true;
    if (this.#interactive) this.#print('');
    if (this.#queue.length === 0) this.#connection.end();
    if (this.#state === 'asking' && this.#queue.length === 0) this.#end(0);
  }

  #received(bytes: Buffer): void {
    clearTimeout(this.#pause);
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
      this.#print(this.#options.quiet ? reply : `Server replied: ${reply}`);
      this.#ask();
    } else {
      this.#showUnasked(reply);
    }
  }

  #showUnasked(text: string): void {
    if (this.#options.quiet) this.#options.errors.write(`${text}\n`);
    else this.#aboveThePrompt(() => this.#print(`Server says: ${text}`));
  }

  /** Leaves what the user is typing as it was. */
  #aboveThePrompt(print: () => void): void {
    const asking = this.#interactive && this.#state === 'asking';
    if (asking) {
      cursorTo(this.#options.output, 0);
      (this.#options.output as WriteStream).clearLine(0);
    }
    print();
    if (asking) this.#lines.prompt(true);
  }

  #connectionFailed(error: NodeJS.ErrnoException): void {
    const what = this.#state === 'connecting' ? 'cannot connect' : 'connection lost';
    const reason = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
    this.#fail(what, reason, error.code ?? 'unknown');
  }

  #serverLeft(): void {
    if (this.#state === 'ended') return;
    this.#finishReply();
    if (this.#inputEnded && this.#queue.length === 0 && this.#state !== 'waiting') this.#end(0);
    else this.#fail('connection lost', 'the server closed the connection', 'EOF');
  }

  #fail(what: string, reason: string, code: string): void {
    if (this.#state === 'ended') return;
    const { errors, host, port } = this.#options;
    if (this.#interactive && this.#state === 'asking') this.#print('');
    errors.write(`calcd: ${what}: ${host}:${port}: ${reason} (${code})\n`);
    this.#end(1);
  }

  readonly #interrupted = (): void => {
    if (this.#interactive) this.#print('');
    this.#end(0);
  };

  #end(exitCode: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#setTimer(0, undefined);
    clearTimeout(this.#pause);
    process.off('SIGINT', this.#interrupted);
    this.#lines.close();
    this.#connection.destroy();
    this.#resolve(exitCode);
  }

  /** One thing at a time is waited for. */
  #setTimer(milliseconds: number, action: (() => void) | undefined): void {
    clearTimeout(this.#timer);
    if (action) this.#timer = setTimeout(action, milliseconds);
  }

  #print(line: string): void {
    this.#options.output.write(`${line}\n`);
  }
}
