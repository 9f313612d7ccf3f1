/**
 * The steps of the client; src/client.ts has their order. Each step waits for one event. Other
 * events that come meanwhile are handled by the methods named after them: `#onUnsolicited`,
 * `#onDisconnected` and so on.
 */
import type { Socket } from 'node:net';
import type { Address } from '../sockets/address.ts';
import {
  CANNOT_CONNECT,
  failureMessage,
  helpNotice,
  NOT_CONNECTED_NOTICE,
  NOTICE_MS,
  noReplyNotice,
  refusalOf,
  retryNotice,
  timeoutFailure,
} from './client-messages.ts';
import type { ClientOptions } from './client-options.ts';
import { ClientSession, type Exchange } from './client-session.ts';
import { Connector, type Failure } from './connector.ts';
import { EXIT_FAILED, Interruptions } from './interruptions.ts';
import { LineSource } from './line-source.ts';
import { Pipeline } from './pipeline.ts';
import { PipeliningProbe } from './pipelining-probe.ts';
import { type Presenter, presenterFor } from './presenter.ts';
import { promptFor } from './prompt.ts';
import { ReplyCounters } from './run-progress.ts';
import { Waiting } from './waiting.ts';

const EXIT_ERROR_REPLIES = 3;

/** The limit for connecting and, in a script, for each reply, unless --timeout gives another. */
const TIMEOUT_MS = 10_000;

/** A server that is stopping would accept a new connection at once, and drop it. */
const RECONNECT_MS = 200;

/** The log comes through a pipe. A reply is held back this long, so that its log line is first. */
const LOG_DELAY_MS = 20;

export class Chat {
  readonly #options: ClientOptions;
  /** Whether a user types the lines, sees what comes, and can stop it. */
  readonly #isInteractive: boolean;
  readonly #timeoutMs: number;
  readonly #waiting = new Waiting();
  readonly #presenter: Presenter;
  readonly #source: LineSource;
  readonly #counters = new ReplyCounters();
  readonly #interruptions: Interruptions;
  readonly #connector: Connector;
  #session: ClientSession | undefined;
  #probe: PipeliningProbe | undefined;
  #pipeline: Pipeline | undefined;
  /** Whether a notice has shown that Enter stops the waiting for this reply. */
  #mayAbandon = false;
  #exitCode: number | undefined;
  #closed: Promise<void> = Promise.resolve();

  constructor(options: ClientOptions) {
    const { address, shows, input, timeoutMs, retry } = options;
    this.#options = options;
    this.#isInteractive = input.isTTY && shows === 'session';
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    const prompt = shows === 'session' ? promptFor(options) : undefined;
    this.#presenter = presenterFor(options, prompt);
    this.#interruptions = new Interruptions(options, this.#isInteractive, code => this.#end(code));
    this.#source = new LineSource(options, prompt, this.#counters, this.#waiting, {
      onCtrlC: this.#interruptions.onCtrlC,
      onLineAhead: () => this.#onLineAhead(),
      onEnd: () => this.#onInputEnd(),
    });
    const limits = { retry, timeoutMs: retry ? timeoutMs : this.#timeoutMs };
    this.#connector = new Connector(address, limits, {
      onConnected: connection => this.#onConnected(connection),
      onRetry: failure => this.#onRetry(failure),
      onFailed: failure => this.#fail(CANNOT_CONNECT, failure),
    });
    options.attachLog?.(line => this.#presenter.onLog(line));
  }

  /** Whether nothing is left to do: the input has ended, or a failure or Ctrl+C ended the chat. */
  get isOver(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Whether the lines that are left can be sent without waiting for each reply. */
  get canPipeline(): boolean {
    return this.#probe?.succeeded === true && !this.#isReceiving;
  }

  /** Connects, and gives the server time to greet. */
  async connect(): Promise<void> {
    if (this.#session) await this.#waiting.pause(RECONNECT_MS);
    if (this.#isInteractive) {
      this.#waiting.setTimer(NOTICE_MS, () => this.#presenter.onNotice(NOT_CONNECTED_NOTICE));
    }
    this.#connector.connect();
    await this.#waiting.until('ready');
    this.#connector.succeeded();
  }

  /** Asks for a line. @returns undefined at the end of the input. */
  ask(): Promise<string | undefined> {
    return this.#source.ask();
  }

  send(line: string): void {
    this.#presenter.onSent(line);
    this.#mayAbandon = false;
    this.#session?.send(line);
    // A user who can still type decides how long to wait.
    if (this.#isInteractive && !this.#source.lines.ended) this.#startNoticeTimer();
    else this.#startTimeout();
  }

  /** Waits for the reply and prints it. The user may stop the waiting. */
  async printReply(): Promise<void> {
    await this.#waiting.until('reply');
  }

  /** Sends all lines that are left, and prints their replies. */
  async pipeline(): Promise<void> {
    const session = this.#session as ClientSession;
    const { lines } = this.#source;
    const { output } = this.#options;
    const settled = this.#waiting.until('settled');
    this.#pipeline = new Pipeline(lines, session, output, this.#counters, this.#timeoutMs, {
      onSettled: () => {
        if (lines.ended) this.#waiting.happened('settled');
      },
      onFailed: failure => {
        session.destroy();
        this.#fail('no reply', failure);
      },
    });
    this.#pipeline.send();
    await settled;
  }

  /** Half-closes the connection, and reads on until the server closes too. */
  async halfClose(): Promise<void> {
    this.#end(0);
    await this.#closed;
  }

  /** Half-closes, if it has not happened yet. @returns the exit code. */
  async end(): Promise<number> {
    await this.halfClose();
    // What waits for the reader of standard error would be lost with the process.
    await new Promise(resolve => this.#options.errors.write('', resolve));
    return this.#exitCode as number;
  }

  #onConnected(connection: Socket): void {
    this.#waiting.stopTimer();
    this.#presenter.onConnected();
    if (this.#options.shows === 'replies') this.#probe = new PipeliningProbe(peerOf(connection));
    const limits = {
      timeoutMs: this.#timeoutMs,
      delayMs: this.#options.attachLog ? LOG_DELAY_MS : 0,
      isInteractive: this.#isInteractive,
    };
    this.#session = new ClientSession(connection, limits, {
      // After the greeting, or after a truncated reply.
      onReady: () => this.#waiting.happened('ready') || this.#waiting.happened('reply'),
      onReplyBytes: (message, bytes) =>
        this.#probe?.onReplyBytes(message, bytes, this.#source.lines.waiting),
      onReply: exchange => this.#onReply(exchange),
      onUnsolicited: (text, isLate) => this.#onUnsolicited(text, isLate),
      onDisconnected: failure => this.#onDisconnected(failure),
      onExcess: failure => this.#onExcess(failure),
    });
  }

  #onRetry(failure: Failure): void {
    this.#waiting.stopTimer();
    this.#presenter.onNotice(retryNotice(failure));
  }

  #onLineAhead(): void {
    if (this.#pipeline) this.#pipeline.sendSoon();
    else if (this.#waiting.isFor('reply') && this.#mayAbandon) {
      // The line is sent instead; an empty one only brings the prompt back.
      this.#source.lines.skipEmpty();
      this.#session?.abandonReply();
      this.#waiting.happened('reply');
    }
  }

  #onInputEnd(): void {
    if (this.#pipeline) this.#pipeline.sendSoon();
    else if (!this.#waiting.isFor('reply')) {
      if (this.#source.lines.exhausted) this.#end(0);
    } else if (this.#isInteractive) this.#startTimeout();
  }

  #onReply(exchange: Exchange): void {
    this.#counters.count(exchange.reply);
    this.#presenter.onReply(exchange);
    const help = helpNotice(exchange);
    if (help) this.#presenter.onNotice(help);
    const isComplete = !this.#session?.isTruncated;
    if (isComplete || this.#source.lines.exhausted) this.#waiting.happened('reply');
  }

  /** While the output is backpressured, nothing more is received: it would fill the memory. */
  #onUnsolicited(text: string, isLate: boolean): void {
    this.#presenter.onUnsolicited(text, isLate);
    const connection = this.#session?.connection;
    const { output, errors } = this.#options;
    for (const stream of [output, errors]) {
      if (!stream.writableNeedDrain || !connection || connection.isPaused()) continue;
      connection.pause();
      stream.once('drain', () => connection.resume());
    }
  }

  #onDisconnected(failure: Failure): void {
    const { isGreeting, isWaiting } = this.#session as ClientSession;
    const hasAllReplies = !isWaiting && (this.#pipeline?.isSettled ?? true);
    if (this.#source.lines.exhausted && hasAllReplies && !isGreeting) this.#end(0);
    else if (this.#mayReconnect(isGreeting, failure)) this.#reconnect(failure);
    else if (!isGreeting) this.#fail('connection lost', failure);
    else this.#fail('no session', refusalOf(failure));
  }

  #onExcess(failure: Failure): void {
    const { isGreeting, isWaiting } = this.#session as ClientSession;
    this.#session?.destroy();
    if (isGreeting) this.#fail('no session', failure);
    else this.#fail(isWaiting ? 'no reply' : 'connection closed', failure);
  }

  /**
   * A server that resets a new connection is stopping, or not ready yet. When a session is lost, only
   * a user at the prompt can go on: a script cannot know which lines the lost server has handled.
   */
  #mayReconnect(isGreeting: boolean, { code }: Failure): boolean {
    if (!this.#options.retry || this.#connector.isOverdue) return false;
    return isGreeting ? code === 'ECONNRESET' : this.#isInteractive && !this.#source.lines.ended;
  }

  /** The interrupted step throws, and the client begins again with `connect`. */
  #reconnect({ reason }: Failure): void {
    this.#presenter.onNotice(`connection lost: ${reason}`);
    this.#session?.destroy();
    this.#waiting.interrupt();
  }

  #startTimeout(): void {
    this.#waiting.setTimer(this.#timeoutMs, () =>
      this.#fail('no reply', timeoutFailure(this.#isReceiving)),
    );
  }

  #startNoticeTimer(): void {
    this.#waiting.setTimer(NOTICE_MS, () => {
      this.#mayAbandon = true;
      const isFirst = this.#counters.replies === 0;
      this.#presenter.onNotice(noReplyNotice(this.#isReceiving, isFirst));
    });
  }

  get #isReceiving(): boolean {
    return this.#session?.isReceiving === true;
  }

  #fail(what: string, failure: Failure): void {
    if (this.isOver) return;
    const { errors, address } = this.#options;
    this.#source.closeScreen();
    errors.write(`${failureMessage(what, address, failure)}\n`);
    this.#end(EXIT_FAILED);
  }

  /** Does not wait: the terminal must be restored before anything else happens. */
  #end(exitCode: number): void {
    if (this.isOver) return;
    const hasErrors = this.#options.strict && !this.#isInteractive && this.#counters.hasErrors;
    this.#exitCode = exitCode === 0 && hasErrors ? EXIT_ERROR_REPLIES : exitCode;
    this.#waiting.interrupt();
    this.#interruptions.stop();
    this.#source.close();
    this.#pipeline?.close();
    this.#connector.stop();
    const session = this.#session;
    if (session) this.#closed = new Promise(resolve => session.halfClose(resolve));
  }
}

/** The one of a name's addresses that is connected. */
function peerOf({ remoteAddress, remotePort }: Socket): Address {
  return { host: remoteAddress as string, port: remotePort as number };
}
