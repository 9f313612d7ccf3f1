/**
 * The client: asks for a line, sends it, shows the reply, and asks again. At the end of its input
 * it waits for the reply that is due, and only then closes the connection: many servers take the end
 * of what a client sends for its departure, and the reply would be lost.
 *
 * It sends one line at a time (dialogue.ts), unless there is a long input from a pipe and proof that
 * the server takes each line for a message (pipelining-proof.ts).
 */
import type { Socket } from 'node:net';
import { exitCodeOf } from '../signal-exit.ts';
import { type Address, formatAddress } from '../sockets/address.ts';
import { isPlainTerminal } from '../terminal/colours.ts';
import { Connector } from './connector.ts';
import { Dialogue } from './dialogue.ts';
import { type Exchange, isError } from './exchange.ts';
import { isHangUp } from './hang-up.ts';
import { LineReader } from './line-reader.ts';
import { Lines } from './lines.ts';
import type { ClientOptions } from './options.ts';
import { Pipeline } from './pipeline.ts';
import { PipeliningProof } from './pipelining-proof.ts';
import { PlainPrompt } from './plain-prompt.ts';
import { Prompt } from './prompt.ts';
import { RunProgress } from './run-progress.ts';
import { Tally } from './tally.ts';
import { chooseTranscript, type Transcript } from './transcript.ts';
import { adviceFor, type Trouble } from './trouble.ts';

const EXIT_FAILED = 1;
const EXIT_ERROR_REPLIES = 3;

/** Signals that end the client as they end other programs. */
const ENDING_SIGNALS = ['SIGHUP', 'SIGTERM'] as const;

/** Somebody at the prompt is told after so long that the server is silent. */
const SILENCE_MS = 2000;

/** So long is waited for a connection or, with nobody at the prompt, for a reply. */
const TIMEOUT_MS = 10_000;

/** A server that goes may take connections for a moment yet. */
const RECONNECT_MS = 200;

/** What people type who do not know what to type; a server answers it with an error. */
const CRY_FOR_HELP = /^\s*(help|\?|quit|exit|bye|q)\s*$/i;
const HELP = 'type an expression, such as 22 + 44; Ctrl+D or Ctrl+C ends the client';

/** What others have to show of a reply comes by another way; so long it is given a head start. */
const ASIDE_MS = 20;

/** @returns the exit code: 0 at the end of the input or Ctrl+C, 1 when the connection failed. */
export function runClient(options: ClientOptions): Promise<number> {
  return new Promise(resolve => new Client(options, resolve));
}

class Client {
  readonly #options: ClientOptions;
  readonly #resolve: (exitCode: number) => void;
  /** Where a line can be edited: input and output are a terminal that obeys escape sequences. */
  readonly #editor: Prompt | undefined;
  /** The editor's, or a plain one; none where only replies are shown. */
  readonly #prompt: Prompt | PlainPrompt | undefined;
  /** Whether somebody types the lines, who sees what comes and can end it. */
  readonly #isAttended: boolean;
  readonly #transcript: Transcript;
  readonly #lines: Lines;
  #proof: PipeliningProof | undefined;
  readonly #tally = new Tally();
  #connector: Connector | undefined;
  #dialogue: Dialogue | undefined;
  #pipeline: Pipeline | undefined;
  #progress: RunProgress | undefined;
  #state: 'connecting' | 'asking' | 'waiting' | 'held up' | 'pipelining' | 'ended' = 'connecting';
  #silent = false;
  /** With --retry and --timeout: until when a server must have taken the connection and kept it. */
  #servedBy: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions, resolve: (exitCode: number) => void) {
    this.#options = options;
    this.#resolve = resolve;
    const { shows, lines, input, output, aside } = options;
    this.#isAttended = input.isTTY && shows === 'session';
    if (this.#isAttended && output.isTTY && !isPlainTerminal()) {
      this.#editor = new Prompt(options, options.keepsHistory);
    }
    if (shows === 'session') this.#prompt = this.#editor ?? new PlainPrompt(output, !input.isTTY);
    this.#lines = new Lines(lines);
    this.#transcript = chooseTranscript(options, this.#prompt);
    process.on('SIGINT', this.#interrupted);
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#signalled);
    input.on('error', error => this.#inputFailed(error));
    output.on('error', error => this.#outputFailed(error));
    aside?.(line => this.#transcript.aside(line));
    this.#connect();
  }

  get #patienceMs(): number {
    return this.#options.timeoutMs ?? TIMEOUT_MS;
  }

  #connect(): void {
    const { address, timeoutMs, retry } = this.#options;
    if (retry && timeoutMs !== undefined) this.#servedBy ??= performance.now() + timeoutMs;
    const left = this.#servedBy === undefined ? undefined : this.#servedBy - performance.now();
    const patience = { retry, timeoutMs: retry ? left && Math.max(0, left) : this.#patienceMs };
    this.#state = 'connecting';
    if (this.#isAttended) {
      this.#setTimer(SILENCE_MS, () => this.#transcript.noticed('no answer yet; Ctrl+C ends'));
    }
    this.#connector = new Connector(address, patience, {
      connected: connection => this.#connected(connection),
      retrying: ({ reason }) => this.#waitForServer(reason),
      failed: trouble => this.#fail('cannot connect', trouble, adviceFor(trouble)),
    });
  }

  #waitForServer(reason: string): void {
    this.#stopTimer();
    this.#transcript.noticed(`${reason}; waiting for a server to come up`);
  }

  #connected(connection: Socket): void {
    this.#stopTimer();
    this.#transcript.connected();
    if (this.#options.shows === 'replies') this.#proof = new PipeliningProof(peerOf(connection));
    const bounds = {
      patienceMs: this.#patienceMs,
      delayMs: this.#options.aside ? ASIDE_MS : 0,
      isAttended: this.#isAttended,
    };
    this.#dialogue = new Dialogue(connection, bounds, {
      ready: () => {
        this.#servedBy = undefined;
        this.#ask();
      },
      heard: (message, bytes) => this.#proof?.consider(message, bytes, this.#lines.waiting),
      replied: exchange => this.#replied(exchange),
      said: (text, late) => this.#said(text, late),
      left: trouble => this.#serverLeft(trouble),
      floods: trouble => this.#serverFloods(trouble),
    });
  }

  #ask(): void {
    this.#stopTimer();
    if (this.#options.output.writableNeedDrain) {
      this.#waitForReader();
      return;
    }
    this.#state = 'asking';
    if (this.#lines.needReader) this.#read();
    this.#lines.readOn();
    if (this.#proof?.isProven && !this.#dialogue?.isHearing) {
      this.#startPipelining();
      return;
    }
    const line = this.#lines.next();
    // The editor is left alone while lines wait that were typed ahead.
    if (!this.#editor) this.#prompt?.ask();
    if (line !== undefined) this.#send(line);
    else if (this.#lines.ended) this.#end(0);
    else this.#prompt?.ask();
  }

  /** Replies that nobody takes would pile up. */
  #waitForReader(): void {
    this.#state = 'held up';
    this.#options.output.once('drain', () => {
      if (this.#state === 'held up') this.#ask();
    });
  }

  #read(): void {
    const { shows, input, output, errors } = this.#options;
    const reader = this.#editor?.open(this.#interrupted) ?? new LineReader(input);
    this.#lines.readFrom(reader, {
      entered: () => this.#entered(),
      ended: () => this.#inputEnds(),
    });
    if (shows !== 'session' && errors.isTTY && !output.isTTY) {
      this.#progress = new RunProgress(this.#tally, this.#lines, input, errors);
    }
  }

  #entered(): void {
    if (this.#state === 'pipelining') this.#pipeline?.sendSoon();
    else if (this.#state === 'asking') this.#ask();
    else if (this.#state === 'waiting' && this.#silent) this.#stopWaiting();
  }

  /** A reply that does not come is given up for a new line; an empty one just brings the prompt. */
  #stopWaiting(): void {
    this.#lines.skipEmpty();
    this.#dialogue?.giveUp();
    this.#ask();
  }

  #send(line: string): void {
    this.#transcript.asked(line);
    this.#state = 'waiting';
    this.#silent = false;
    this.#dialogue?.ask(line);
    if (this.#isTimed) this.#giveUpLater();
    else this.#setTimer(SILENCE_MS, () => this.#noticeSilence());
  }

  /** Somebody who can still type presses Enter or Ctrl+C when a reply takes too long. */
  get #isTimed(): boolean {
    return !this.#isAttended || this.#lines.ended;
  }

  #giveUpLater(): void {
    this.#setTimer(this.#patienceMs, () => {
      const reason = this.#dialogue?.isHearing ? 'the reply does not end' : 'the server is silent';
      this.#fail('no reply', { reason, code: 'ETIMEDOUT' });
    });
  }

  #noticeSilence(): void {
    this.#silent = true;
    const busy = this.#tally.replies === 0 ? '; it may be busy with another client' : '';
    const what = this.#dialogue?.isHearing
      ? `the reply has not ended for ${SILENCE_MS / 1000} s`
      : `the server is silent for ${SILENCE_MS / 1000} s${busy}`;
    this.#transcript.noticed(`${what}; Enter stops waiting, Ctrl+C ends`);
  }

  #replied(exchange: Exchange): void {
    this.#tally.count(exchange.reply);
    this.#transcript.replied(exchange);
    if (asksForHelp(exchange)) this.#transcript.noticed(HELP);
    if (!this.#dialogue?.isEnding || this.#lines.exhausted) this.#ask();
  }

  #said(text: string, late: boolean): void {
    this.#transcript.said(text, late);
    const { output, errors } = this.#options;
    for (const stream of [output, errors]) if (stream.writableNeedDrain) this.#holdServer(stream);
  }

  /** What the server says unasked would pile up while it is not read. */
  #holdServer(stream: NodeJS.WriteStream): void {
    const connection = this.#dialogue?.connection;
    if (!connection || connection.isPaused()) return;
    connection.pause();
    stream.once('drain', () => connection.resume());
  }

  #startPipelining(): void {
    this.#state = 'pipelining';
    const { output } = this.#options;
    const dialogue = this.#dialogue as Dialogue;
    const patienceMs = this.#patienceMs;
    this.#pipeline = new Pipeline(this.#lines, dialogue, output, this.#tally, patienceMs, {
      settled: () => {
        if (this.#lines.ended) this.#end(0);
      },
      failed: trouble => {
        dialogue.close();
        this.#fail('no reply', trouble);
      },
    });
    this.#pipeline.send();
  }

  #inputEnds(): void {
    if (this.#state === 'ended') return;
    this.#prompt?.close();
    if (this.#state === 'pipelining') this.#pipeline?.sendSoon();
    else if (this.#state !== 'waiting') {
      if (this.#lines.exhausted) this.#end(0);
    } else if (this.#isAttended) this.#giveUpLater();
  }

  #serverLeft(trouble: Trouble): void {
    const { isGreeting, isWaiting } = this.#dialogue as Dialogue;
    const allReplied = !isWaiting && (this.#pipeline?.isSettled ?? true);
    if (this.#lines.exhausted && allReplied && !isGreeting) this.#end(0);
    else if (this.#mayReconnect(isGreeting, trouble)) this.#reconnect(trouble);
    else this.#fail(isGreeting ? 'not served' : 'connection lost', trouble);
  }

  #serverFloods(trouble: Trouble): void {
    const { isGreeting, isWaiting } = this.#dialogue as Dialogue;
    const what = isWaiting ? 'no reply' : 'connection given up';
    this.#dialogue?.close();
    this.#fail(isGreeting ? 'not served' : what, trouble);
  }

  /**
   * A connection that is reset before anything was said was to a server that is going, or not ready.
   * One that is lost later is for somebody at the prompt to take up again: nobody else could tell
   * which lines the lost server had taken.
   */
  #mayReconnect(isGreeting: boolean, { code }: Trouble): boolean {
    if (!this.#options.retry) return false;
    return isGreeting ? code === 'ECONNRESET' : this.#isAttended && !this.#lines.ended;
  }

  #reconnect({ reason }: Trouble): void {
    this.#transcript.noticed(`connection lost: ${reason}`);
    this.#dialogue?.close();
    this.#state = 'connecting';
    this.#setTimer(RECONNECT_MS, () => this.#connect());
  }

  /** StandardStreams reports which stream failed, and why. */
  #inputFailed(error: NodeJS.ErrnoException): void {
    if (isHangUp(error) && this.#isAttended) this.#signalled('SIGHUP');
    else this.#end(EXIT_FAILED);
  }

  /** A reader may stop when it has enough; to lose replies otherwise is a failure. */
  #outputFailed(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') this.#end(0);
    else if (isHangUp(error) && this.#isAttended) this.#signalled('SIGHUP');
    else this.#end(EXIT_FAILED);
  }

  #fail(what: string, { reason, code }: Trouble, advice = ''): void {
    if (this.#state === 'ended') return;
    const { errors, address } = this.#options;
    const complaint = `calcd: ${what}: ${formatAddress(address)}: ${reason} (${code})${advice}\n`;
    this.#progress?.stop();
    this.#prompt?.close();
    errors.write(complaint);
    this.#end(EXIT_FAILED);
  }

  readonly #interrupted = (): void => {
    this.#options.onInterrupt?.();
    this.#end(0);
  };
  /** What was typed is kept, and the terminal's modes are put back, before the signal has its effect. */
  readonly #signalled = (signal: NodeJS.Signals): void => this.#end(exitCodeOf(signal));

  #end(exitCode: number): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#stopTimer();
    process.off('SIGINT', this.#interrupted);
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#signalled);
    this.#progress?.stop();
    this.#prompt?.close();
    this.#lines.close();
    this.#pipeline?.close();
    this.#connector?.stop();
    const hasErrors = this.#options.strict && !this.#isAttended && this.#tally.hasErrors;
    const code = exitCode === 0 && hasErrors ? EXIT_ERROR_REPLIES : exitCode;
    // What still waits for its reader would be lost with the process.
    const resolve = (): unknown => this.#options.errors.write('', () => this.#resolve(code));
    if (this.#dialogue) this.#dialogue.leave(resolve);
    else resolve();
  }

  /** One thing at a time is waited for. */
  #setTimer(milliseconds: number, action: () => void): void {
    this.#stopTimer();
    this.#timer = setTimeout(action, milliseconds);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
  }
}

function asksForHelp({ message, reply }: Exchange): boolean {
  return CRY_FOR_HELP.test(message) && isError(reply);
}

/** The one of a name's addresses that is connected. */
function peerOf({ remoteAddress, remotePort }: Socket): Address {
  return { host: remoteAddress as string, port: remotePort as number };
}
