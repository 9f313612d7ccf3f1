/**
 * A scripted client of a simulated run. Its script says and waits; what it hears is compared, byte
 * for byte, with what the pure conversation replies to what it said. It may be lost only for a reason
 * of its own.
 */
import type { Random } from '../support/random.ts';
import type { Connection, Ear } from './connection.ts';
import type { Message } from './conversations.ts';
import { Violation } from './kernel.ts';

export const BUSY = 'error: server busy: ';

/** A reply is not later than this, but for what the run itself held up. */
const LATEST_MS = 1000;
/** A server looks for idle clients now and then, and so ends them up to this much later. */
const IDLE_SWEEP = 1.25;
/** More than this takes its time to be delivered: buffers may be as small as 80 bytes. */
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
  /** After so long a client that says nothing, and is owed nothing, is disconnected. */
  readonly idleTimeoutMs: number;
  /** Milliseconds so far that were not the server's. */
  readonly heldUp: () => number;
  readonly finished: (client: Client) => void;
}

export class Client implements Ear {
  readonly name: string;
  connection: Connection | undefined;
  isRefused = false;
  /** Whether it takes replies as they come. */
  isReading = true;
  #lastSaid = 0;
  /** When it last said or heard something. */
  #lastActive = 0;
  /** What it must have heard at least when the server stops in good order. */
  #owedAtStop = 0;
  readonly #run: RunOfClients;
  readonly #script: Generator<Wait, void, void>;
  #expected = '';
  #heard = 0;
  #head = '';
  #said = 0;
  /** Where in what was said a message ends, and where its reply ends in what is expected. */
  readonly #ends: (readonly [said: number, expected: number])[] = [];
  #wait: Wait | undefined;
  #waitsSince = 0;
  #heldUpBefore = 0;
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

  say({ text, reply }: Message, lineEnd: string): void {
    this.sayPart(text + lineEnd);
    this.owe(reply);
  }

  /** Some of a message; `owe` says later what the whole is worth. */
  sayPart(bytes: string): void {
    this.#says(bytes);
    this.connection?.clientSends(bytes);
  }

  sayUrgent(byte: string): void {
    this.#says(byte);
    this.connection?.clientSendsUrgent(byte);
  }

  /** What was said is a whole message, to which this is the reply of a calculator. */
  owe(reply: string): void {
    if (!this.#run.echoes) this.#expected += reply;
    this.#ends.push([this.#said, this.#expected.length]);
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

  // What it hears. A server that stops answers what there is of a message as if it were all.

  heard(bytes: string): void {
    if (this.#head.length < 200) this.#head += bytes.slice(0, 200);
    if (!this.isRefused && !this.#expected.startsWith(bytes, this.#heard)) {
      if (isRefusal(this.#head)) this.isRefused = true;
      else if (!this.#run.isStopping() || this.#heard < this.#owedAtStop) this.#heardWrongly(bytes);
    }
    this.#heard += bytes.length;
    this.#lastActive = this.#run.now();
    if (this.#wait === 'replies' && this.#hasAllReplies && !this.isRefused) this.#goOn();
  }

  ended(how: 'end' | 'reset'): void {
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
    for (const [said, expected] of this.#ends) {
      if (said <= arrived) this.#owedAtStop = expected;
    }
  }

  /** After the run. */
  checkEnd(): void {
    const { connection } = this;
    if (!connection || connection.excuse || this.isRefused || this.#hasLeft || !this.isReading)
      return;
    if (this.#heard >= this.#owedAtStop) return;
    throw this.#violation(
      `has ${this.#heard} of ${this.#owedAtStop} bytes that were due when the server was stopped`,
    );
  }

  describe(): string {
    return `${this.name} waits for ${this.#wait}, has ${this.#heard} of ${this.#expected.length} bytes`;
  }

  #says(bytes: string): void {
    this.#said += bytes.length;
    this.#lastSaid = this.#run.now();
    this.#lastActive = this.#lastSaid;
    if (this.#run.echoes) this.#expected += bytes;
  }

  get #hasAllReplies(): boolean {
    return this.#heard >= this.#expected.length;
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
      this.#heldUpBefore = this.#run.heldUp();
      this.#dueBefore = this.#expected.length - this.#heard;
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
    const heldUp = this.#run.heldUp() - this.#heldUpBefore;
    const since = Math.max(this.#waitsSince, this.connection?.acceptedAt ?? 0);
    const waited = this.#run.now() - since - heldUp;
    if (waited <= LATEST_MS || this.#dueBefore > PROMPT_BYTES) return;
    throw this.#violation(`waited ${waited} ms for a reply, held up for ${heldUp} ms beside that`);
  }

  #checkRefusal(): void {
    if (this.connection?.excuse || this.#hasLeft || this.#run.isStopping()) return;
    if (/^error: server busy: .*\n$/.test(this.#head)) return;
    throw this.#violation(`was refused with ${JSON.stringify(this.#head)} only`);
  }

  /** Without a word for so long it should not be here any more. */
  #checkPresence(): void {
    const { connection } = this;
    if (!connection || connection.excuse || this.isRefused || this.#run.isStopping()) return;
    const since = Math.max(this.#lastActive, connection.acceptedAt) + this.#run.heldUp();
    const longest = IDLE_SWEEP * this.#run.idleTimeoutMs + LATEST_MS;
    if (!this.isReading || this.#run.now() - since <= longest) return;
    throw this.#violation(`is connected though it was silent for ${longest} ms`);
  }

  #checkLoss(how: 'end' | 'reset'): void {
    const silence = this.#run.now() - this.#lastSaid;
    if (how === 'end' && silence >= this.#run.idleTimeoutMs && this.#hasAllReplies) return;
    if (this.#hasLeft || this.connection?.excuse || this.#run.isStopping()) return;
    throw this.#violation(
      `was lost (${how}) with ${this.#heard} of ${this.#expected.length} bytes of replies`,
    );
  }

  #heardWrongly(bytes: string): never {
    const expected = this.#expected.slice(this.#heard, this.#heard + 80);
    const heard = JSON.stringify(bytes.slice(0, 80));
    throw this.#violation(`heard ${heard} instead of ${JSON.stringify(expected)}`);
  }

  #violation(what: string): Violation {
    return new Violation(`${this.name} ${what}`);
  }
}

/** Whether this may be the beginning of a refusal, or one. */
function isRefusal(head: string): boolean {
  return head.startsWith(BUSY) || BUSY.startsWith(head);
}
