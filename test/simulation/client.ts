/**
 * A scripted client of a simulated run. Its script sends and waits. What it receives is compared, byte
 * for byte, with what the pure conversation replies. Its connection may be lost only for a reason that
 * the client or the simulated kernel gave.
 */
import type { Random } from '../support/random.ts';
import type { ClientEvents, Connection } from './connection.ts';
import type { Message } from './conversations.ts';
import { Violation } from './kernel.ts';

export const BUSY = 'error: server busy: ';

/** A reply takes no longer than this, apart from delays that the simulation itself causes. */
const LATEST_MS = 1000;
/** A server checks for idle clients now and then, so it disconnects them up to this much later. */
const IDLE_SWEEP = 1.25;
/** More bytes than this take time to deliver: buffers may be as small as 80 bytes. */
const PROMPT_BYTES = 4096;

/** What a script waits for: some milliseconds, all replies that are due, or the end of the stream. */
export type Wait = number | 'replies' | 'end';
export type Script = (client: Client, random: Random) => Generator<Wait, void, void>;

/** What a client needs of the run it is in. */
export interface RunOfClients {
  readonly now: () => number;
  readonly after: (milliseconds: number, action: () => void) => void;
  /** @returns undefined when the server does not listen any more, 'full' when it cannot queue. */
  readonly connect: (client: Client) => Connection | 'full' | undefined;
  readonly echoes: boolean;
  /** Whether the server was told to stop. */
  readonly isStopping: () => boolean;
  /** After this long a client that sends nothing, and has all its replies, is disconnected. */
  readonly idleTimeoutMs: number;
  /** Milliseconds so far that the simulation has caused, and not the server. */
  readonly delay: () => number;
  readonly finished: (client: Client) => void;
}

export class Client implements ClientEvents {
  readonly name: string;
  connection: Connection | undefined;
  isRefused = false;
  /** Whether it takes replies as they come. */
  isReading = true;
  #lastSaid = 0;
  /** When it last sent or received something. */
  #lastActive = 0;
  /** How much it must have received when the server stops. */
  #dueAtStop = 0;
  readonly #run: RunOfClients;
  readonly #script: Generator<Wait, void, void>;
  #expected = '';
  #received = 0;
  #head = '';
  #sent = 0;
  /** Where a message ends in what was sent, and where its reply ends in what is expected. */
  readonly #ends: (readonly [sent: number, expected: number])[] = [];
  #wait: Wait | undefined;
  #waitsSince = 0;
  #delayBefore = 0;
  #dueBefore = 0;
  #ended: 'end' | 'reset' | undefined;
  #hasLeft = false;
  #isDone = false;
  #isRunning = false;

  constructor(name: string, run: RunOfClients, script: Script, random: Random) {
    this.name = name;
    this.#run = run;
    this.#script = script(this, random);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Connects, and goes through its script. */
  start(): void {
    const connection = this.#run.connect(this);
    if (connection === 'full') {
      this.#run.after(1000, () => this.start());
    } else if (connection === undefined) {
      this.#done();
    } else {
      this.connection = connection;
      this.#lastSaid = this.#run.now();
      this.#lastActive = this.#lastSaid;
      this.#goOn();
    }
  }

  // What scripts do.

  sendMessage({ text, reply }: Message, lineEnd: string): void {
    this.sendPart(text + lineEnd);
    this.expect(reply);
  }

  /** Sends a part of a message; `expect` later has the reply to the whole. */
  sendPart(bytes: string): void {
    this.#sends(bytes);
    this.connection?.clientSends(bytes);
  }

  sendUrgent(byte: string): void {
    this.#sends(byte);
    this.connection?.clientSendsUrgent(byte);
  }

  /** What was sent is now a whole message, and this is a calculator's reply to it. */
  expect(reply: string): void {
    if (!this.#run.echoes) this.#expected += reply;
    this.#ends.push([this.#sent, this.#expected.length]);
  }

  read(on: boolean): void {
    this.isReading = on;
    this.connection?.clientReads(on);
  }

  readSome(bytes: number): void {
    this.connection?.clientReadsSome(bytes);
  }

  halfClose(): void {
    this.connection?.clientEnds();
  }

  close(): void {
    this.#checkPresence();
    this.#hasLeft = true;
    this.connection?.clientCloses();
  }

  reset(): void {
    this.#hasLeft = true;
    this.connection?.clientResets();
  }

  vanish(): void {
    this.#hasLeft = true;
    this.connection?.clientVanishes();
  }

  // What it receives. A server that stops answers a partial message as if it were whole.

  onReceived(bytes: string): void {
    if (this.#head.length < 200) this.#head += bytes.slice(0, 200);
    if (!this.isRefused && !this.#expected.startsWith(bytes, this.#received)) {
      if (isRefusal(this.#head)) this.isRefused = true;
      else if (!this.#run.isStopping() || this.#received < this.#dueAtStop)
        this.#receivedWrongly(bytes);
    }
    this.#received += bytes.length;
    this.#lastActive = this.#run.now();
    if (this.#wait === 'replies' && this.#hasAllReplies && !this.isRefused) this.#goOn();
  }

  onEnded(how: 'end' | 'reset'): void {
    if (this.#ended || this.#isDone) return;
    this.#ended = how;
    if (this.isRefused) this.#checkRefusal();
    else if (this.#wait === 'end' && how === 'end' && this.#hasAllReplies) this.#goOn();
    else this.#checkLoss(how);
    this.#done();
  }

  /** The server is told to stop: it owes the replies to all that has arrived. */
  noteStop(): void {
    if (this.#isDone || !this.isReading || this.isRefused || !this.connection) return;
    const { arrived } = this.connection;
    for (const [sent, expected] of this.#ends) {
      if (sent <= arrived) this.#dueAtStop = expected;
    }
  }

  /** After the run. */
  checkEnd(): void {
    const { connection } = this;
    if (!connection || connection.lossReason || this.isRefused || this.#hasLeft || !this.isReading)
      return;
    if (this.#received >= this.#dueAtStop) return;
    throw this.#violation(
      `has ${this.#received} of ${this.#dueAtStop} bytes that were due when the server was stopped`,
    );
  }

  describe(): string {
    return `${this.name} waits for ${this.#wait}, has ${this.#received} of ${this.#expected.length} bytes`;
  }

  #sends(bytes: string): void {
    this.#sent += bytes.length;
    this.#lastSaid = this.#run.now();
    this.#lastActive = this.#lastSaid;
    if (this.#run.echoes) this.#expected += bytes;
  }

  get #hasAllReplies(): boolean {
    return this.#received >= this.#expected.length;
  }

  #goOn(): void {
    if (this.#isDone) return;
    if (this.#wait === 'replies') this.#checkLateness();
    this.#wait = undefined;
    for (;;) {
      this.#isRunning = true;
      const { done, value } = this.#script.next();
      this.#isRunning = false;
      // What it read in its script may have been the end.
      if (done || this.#isDone) {
        this.#done();
        this.#script.return();
        return;
      }
      if (value === 'replies' && this.#hasAllReplies) continue;
      if (value === 'end' && this.#ended) continue;
      this.#wait = value;
      this.#waitsSince = this.#run.now();
      this.#delayBefore = this.#run.delay();
      this.#dueBefore = this.#expected.length - this.#received;
      if (typeof value === 'number') this.#run.after(value, () => this.#goOn());
      return;
    }
  }

  #done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (!this.#isRunning) this.#script.return();
    if (!this.#ended && !this.#hasLeft) this.close();
    this.#run.finished(this);
  }

  #checkLateness(): void {
    const delay = this.#run.delay() - this.#delayBefore;
    const since = Math.max(this.#waitsSince, this.connection?.acceptedAt ?? 0);
    const waited = this.#run.now() - since - delay;
    if (waited <= LATEST_MS || this.#dueBefore > PROMPT_BYTES) return;
    throw this.#violation(`waited ${waited} ms for a reply, beside delays of ${delay} ms`);
  }

  #checkRefusal(): void {
    if (this.connection?.lossReason || this.#hasLeft || this.#run.isStopping()) return;
    if (/^error: server busy: .*\n$/.test(this.#head)) return;
    throw this.#violation(`was refused with ${JSON.stringify(this.#head)} only`);
  }

  /** After so long a silence it should be disconnected. */
  #checkPresence(): void {
    const { connection } = this;
    if (!connection || connection.lossReason || this.isRefused || this.#run.isStopping()) return;
    const since = Math.max(this.#lastActive, connection.acceptedAt) + this.#run.delay();
    const longest = IDLE_SWEEP * this.#run.idleTimeoutMs + LATEST_MS;
    if (!this.isReading || this.#run.now() - since <= longest) return;
    throw this.#violation(`is connected though it was silent for ${longest} ms`);
  }

  #checkLoss(how: 'end' | 'reset'): void {
    const silence = this.#run.now() - this.#lastSaid;
    if (how === 'end' && silence >= this.#run.idleTimeoutMs && this.#hasAllReplies) return;
    if (this.#hasLeft || this.connection?.lossReason || this.#run.isStopping()) return;
    throw this.#violation(
      `was lost (${how}) with ${this.#received} of ${this.#expected.length} bytes of replies`,
    );
  }

  #receivedWrongly(bytes: string): never {
    const expected = this.#expected.slice(this.#received, this.#received + 80);
    const received = JSON.stringify(bytes.slice(0, 80));
    throw this.#violation(`received ${received} instead of ${JSON.stringify(expected)}`);
  }

  #violation(what: string): Violation {
    return new Violation(`${this.name} ${what}`);
  }
}

/** Whether this may be the beginning of a refusal, or one. */
function isRefusal(head: string): boolean {
  return head.startsWith(BUSY) || BUSY.startsWith(head);
}
