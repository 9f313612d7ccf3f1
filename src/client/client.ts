/**
 * The client: asks for a line, sends it, shows the reply, and asks again. At the end of its input
 * it half-closes the connection and still waits for the reply that is due.
 *
 * Of a long input from a pipe with --quiet it sends many lines at a time, once it has proof that
 * the server takes each line for a message (line-framing.ts).
 */
import { createConnection, type Socket } from 'node:net';
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import { getSystemErrorMap } from 'node:util';
import { framesByLines, type Known } from './line-framing.ts';
import { PipelinedReplies } from './pipelined-replies.ts';
import { REPLY_PAUSE_MS, ReplyReader } from './reply-reader.ts';

const PROMPT = 'Please enter the message to the server: ';

/** A terminal's user is told after so long that the server is silent. */
const SILENCE_MS = 2000;

/** With nobody to press Ctrl+C, so long is waited for a reply or a connection. */
const TIMEOUT_MS = 10_000;

/**
 * A server that greets, or refuses, does so at once. Nothing is asked before, or a greeting would
 * be taken for the first reply.
 */
const GREETING_MS = 50;

/** Lines read ahead from a pipe. */
const LINES_AHEAD = 1000;

/** With so many lines waiting, the proof takes less time than it will spare. */
const WORTH_PIPELINING = 500;

/** Lines sent and not replied to: enough to keep both sides busy, little enough to hold. */
const LINES_IN_FLIGHT = 20_000;

/** One line of printable text: what a server that ends its replies with LF sends for a message. */
const ONE_LINE = /^[ -~]+\n$/;

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
  #lines: Interface | undefined;
  readonly #replies = new ReplyReader();
  readonly #queue: string[] = [];
  #state: 'connecting' | 'listening' | 'asking' | 'waiting' | 'pipelining' | 'ended' = 'connecting';
  #asked = '';
  /** The last messages whose replies were a line each; two are enough to ask for proof. */
  readonly #known: Known[] = [];
  /** Undefined until proof was asked for, and false until there is proof. */
  #serverFramesByLines: boolean | undefined;
  readonly #pipelined = new PipelinedReplies();
  #inFlight = 0;
  #silent = false;
  #inputEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions, resolve: (exitCode: number) => void) {
    this.#options = options;
    this.#resolve = resolve;
    const { host, port, input, output, quiet } = options;
    this.#interactive = input.isTTY && output.isTTY && !quiet;
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
    process.on('SIGINT', this.#interrupted);
    this.#options.output.on('error', error => this.#outputFailed(error));
  }

  #connected(): void {
    if (!this.#options.quiet) this.#print('Connected to server');
    this.#state = 'listening';
    this.#setTimer(GREETING_MS, () => this.#askUnlessGreeted());
  }

  #askUnlessGreeted(): void {
    if (this.#replies.unfinished) this.#setTimer(REPLY_PAUSE_MS, () => this.#askUnlessGreeted());
    else this.#ask();
  }

  /** Not before there is somebody to talk to: until then Ctrl+C is the terminal's. */
  #readLines(): Interface {
    const { input, output } = this.#options;
    return createInterface({
      input,
      terminal: this.#interactive,
      ...(this.#interactive && { output }),
    })
      .on('line', line => this.#entered(line))
      .on('close', () => this.#inputEnds())
      .on('SIGINT', this.#interrupted)
      .on('SIGTSTP', () => this.#suspend());
  }

  #ask(): void {
    this.#state = 'asking';
    this.#setTimer(0, undefined);
    this.#lines ??= this.#readLines();
    if (!this.#inputEnded && this.#queue.length < LINES_AHEAD) this.#lines.resume();
    if (this.#serverFramesByLines) {
      this.#state = 'pipelining';
      this.#sendQueue();
      return;
    }
    if (this.#queue.length > 0) this.#send(this.#queue.shift() as string);
    else if (this.#inputEnded) this.#end(0);
    else this.#prompt();
  }

  #entered(line: string): void {
    this.#queue.push(line);
    if (this.#queue.length >= LINES_AHEAD) this.#lines?.pause();
    if (this.#state === 'pipelining') this.#sendSoon();
    else if (this.#state === 'asking') this.#ask();
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
    this.#asked = line;
    this.#silent = false;
    this.#connection.write(`${line}\n`);
    if (this.#inputEnded && this.#queue.length === 0) this.#connection.end();
    if (this.#interactive) this.#setTimer(SILENCE_MS, () => this.#noticeSilence());
    else this.#giveUpLater();
  }

  #giveUpLater(): void {
    this.#setTimer(TIMEOUT_MS, () => this.#fail('no reply', 'the server is silent', 'ETIMEDOUT'));
  }

  /** Several lines that are entered together are sent together. */
  #sendSoon(): void {
    if (this.#queue.length === 1) setImmediate(() => this.#sendQueue());
  }

  #sendQueue(): void {
    if (this.#state !== 'pipelining') return;
    if (this.#queue.length > 0) {
      this.#inFlight += this.#queue.length;
      this.#connection.write(`${this.#queue.join('\n')}\n`);
      this.#queue.length = 0;
    }
    if (this.#inputEnded) this.#connection.end();
    if (this.#inFlight > 0) this.#giveUpLater();
    else if (this.#inputEnded) this.#end(0);
    if (this.#inputEnded) return;
    if (this.#inFlight < LINES_IN_FLIGHT) this.#lines?.resume();
    else this.#lines?.pause();
  }

  #receivedPipelined(bytes: Buffer): void {
    const { text, count } = this.#pipelined.receive(bytes);
    this.#inFlight -= count;
    if (!this.#options.output.write(text)) {
      this.#connection.pause();
      this.#options.output.once('drain', () => this.#connection.resume());
    }
    this.#sendQueue();
  }

  /** Looks for proof beside the conversation when two replies are known and many lines wait. */
  #considerPipelining(reply: string): void {
    const { quiet, host, port } = this.#options;
    if (!quiet || this.#interactive || this.#serverFramesByLines !== undefined) return;
    if (this.#known.length < 2) {
      const isOneLine = ONE_LINE.test(reply) && this.#asked.length >= 2;
      if (isOneLine) this.#known.push({ message: this.#asked, reply: reply.slice(0, -1) });
      else this.#known.length = 0;
    }
    const [whole, cut] = this.#known;
    if (!whole || !cut || this.#queue.length < WORTH_PIPELINING) return;
    this.#serverFramesByLines = false;
    framesByLines({ host, port }, whole, cut).then(proven => {
      this.#serverFramesByLines = proven;
    });
  }

  #noticeSilence(): void {
    this.#silent = true;
    this.#print('(no reply yet; press Enter to stop waiting for it)');
  }

  #inputEnds(): void {
    if (this.#state === 'ended') return;
    this.#inputEnded = true;
    if (this.#interactive) this.#newLine();
    if (this.#state === 'pipelining') {
      setImmediate(() => this.#sendQueue());
      return;
    }
    if (this.#queue.length > 0) return;
    this.#connection.end();
    if (this.#state === 'asking') this.#end(0);
    else if (this.#state === 'waiting') this.#giveUpLater();
  }

  #received(bytes: Buffer): void {
    if (this.#state === 'pipelining') {
      this.#receivedPipelined(bytes);
      return;
    }
    clearTimeout(this.#pause);
    if (this.#state === 'waiting') this.#considerPipelining(bytes.toString('latin1'));
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
      this.#print(this.#options.quiet ? reply : `Server replied: ${reply}`);
      this.#ask();
    } else {
      this.#showUnasked(reply);
    }
  }

  #showUnasked(text: string): void {
    if (this.#options.quiet) this.#options.errors.write(`${text}\n`);
    else this.#print(`Server says: ${text}`);
  }

  #connectionFailed(error: NodeJS.ErrnoException): void {
    const what = this.#state === 'connecting' ? 'cannot connect' : 'connection lost';
    this.#fail(what, reasonOf(error), error.code ?? 'unknown');
  }

  #serverLeft(): void {
    if (this.#state === 'ended') return;
    this.#finishReply();
    const allReplied = this.#state !== 'waiting' && this.#inFlight === 0;
    if (this.#inputEnded && this.#queue.length === 0 && allReplied) this.#end(0);
    else {
      const what = this.#state === 'listening' ? 'not served' : 'connection lost';
      this.#fail(what, 'the server closed the connection', 'EOF');
    }
  }

  /** Whoever reads our output may stop when it has enough; to lose replies otherwise is a failure. */
  #outputFailed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') this.#end(0);
    else this.#fail('cannot write', reasonOf(error), error.code ?? 'unknown');
  }

  #fail(what: string, reason: string, code: string): void {
    if (this.#state === 'ended') return;
    const { errors, host, port } = this.#options;
    if (this.#interactive && this.#state === 'asking') this.#newLine();
    errors.write(`calcd: ${what}: ${host}:${port}: ${reason} (${code})\n`);
    this.#end(1);
  }

  readonly #interrupted = (): void => {
    if (this.#interactive) this.#newLine();
    this.#end(0);
  };

  /** Ctrl+Z stops the whole process group, as the terminal itself would: npm waits for us. */
  #suspend(): void {
    this.#options.input.setRawMode(false);
    process.once('SIGCONT', () => {
      this.#options.input.setRawMode(true);
      this.#prompt();
    });
    process.kill(0, 'SIGTSTP');
  }

  #end(exitCode: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#setTimer(0, undefined);
    clearTimeout(this.#pause);
    process.off('SIGINT', this.#interrupted);
    this.#lines?.close();
    this.#connection.destroy();
    this.#resolve(exitCode);
  }

  /** One thing at a time is waited for. */
  #setTimer(milliseconds: number, action: (() => void) | undefined): void {
    clearTimeout(this.#timer);
    if (action) this.#timer = setTimeout(action, milliseconds);
  }

  /** Whether the cursor stands behind a prompt, or something that has been typed. */
  get #lineIsBegun(): boolean {
    return this.#interactive && (this.#state === 'asking' || Boolean(this.#lines?.line));
  }

  /** Shows the prompt, if it is time to ask, and whatever has been typed already. */
  #prompt(): void {
    this.#lines?.setPrompt(this.#state === 'asking' ? PROMPT : '');
    if (this.#lineIsBegun) this.#lines?.prompt(true);
  }

  /** Prints a line; at a terminal above the prompt, and what is being typed stays. */
  #print(line: string): void {
    const { output } = this.#options;
    if (this.#lineIsBegun) {
      cursorTo(output, 0);
      clearLine(output, 0);
    }
    output.write(`${line}\n`);
    this.#prompt();
  }

  #newLine(): void {
    this.#options.output.write('\n');
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
}
