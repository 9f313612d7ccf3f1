/** A conversation with the program in its own dialect: messages out, replies in, both judged. */
import { Buffer } from 'node:buffer';
import { calculate } from '../calculator/calculate.ts';
import type { Connection } from './connection.ts';
import { type Dialect, USUAL } from './dialect.ts';
import { Failure, shown } from './failure.ts';
import { REPLY_MS } from './limits.ts';
import { says, saysError } from './reply.ts';

const LF = 0x0a;

export class Chat {
  readonly connection: Connection;
  readonly #dialect: Dialect;

  constructor(connection: Connection, dialect: Dialect) {
    this.connection = connection;
    this.#dialect = dialect;
  }

  /** A message as the program wants it. */
  framed(message: string | Uint8Array): Buffer {
    const bytes = Buffer.from(message as string);
    return this.#dialect.lineEnd ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  }

  /** Sends a message and returns the reply, or throws a Failure when none comes. */
  async ask(message: string | Uint8Array, expected = 'a reply'): Promise<Buffer> {
    return this.askAsIs(this.framed(message), expected);
  }

  /** The same with the message's bytes just as they are. */
  async askAsIs(
    bytes: string | Uint8Array,
    expected = 'a reply',
    milliseconds = REPLY_MS,
  ): Promise<Buffer> {
    this.connection.take();
    this.connection.send(bytes);
    const reply = await this.connection.untilPause(milliseconds, whole =>
      this.#isWhole(whole, bytes),
    );
    if (reply.length > 0) return reply;
    const came = this.connection.describe(milliseconds);
    throw new Failure({ sent: shown(bytes), expected, came, late: !this.connection.ended });
  }

  /** Asks for a value. @param tolerance relative, where programs may round */
  async expectValue(
    expression: string,
    value = calculate(expression),
    tolerance = 0,
  ): Promise<void> {
    const reply = await this.ask(expression, value);
    if (says(reply.toString(), value, tolerance)) return;
    throw new Failure({ sent: shown(expression), expected: value, came: shown(reply) });
  }

  async expectError(message: string | Uint8Array): Promise<void> {
    const expected = 'a reply that says what is wrong';
    const reply = await this.ask(message, expected);
    if (saysError(reply.toString())) return;
    throw new Failure({ sent: shown(message), expected, came: shown(reply) });
  }

  /** The same bytes, and all of them. */
  async expectEcho(message: string | Uint8Array): Promise<void> {
    const sent = this.framed(message);
    this.connection.take();
    this.connection.send(sent);
    await this.connection.until(
      () => this.connection.length >= sent.length || this.connection.ended,
      REPLY_MS,
    );
    const came = await this.connection.untilPause(0);
    if (came.equals(sent)) return;
    throw new Failure({
      sent: shown(sent),
      expected: `the same ${sent.length} bytes`,
      came: came.length > 0 ? differing(sent, came) : this.connection.describe(REPLY_MS),
    });
  }

  /** A sum is answered as it should be: calculated, or sent back where the program is an echo. */
  async expectService({
    message = USUAL,
    milliseconds = REPLY_MS,
    lineEnd = false,
  } = {}): Promise<void> {
    const { echoes } = this.#dialect;
    const expected = echoes ? message : calculate(message);
    const bytes = lineEnd ? `${message}\n` : this.framed(message);
    const reply = (await this.askAsIs(bytes, expected, milliseconds)).toString();
    if (echoes ? reply.trim() === message : says(reply, expected)) return;
    throw new Failure({ sent: message, expected, came: shown(reply) });
  }

  /** Whether no pause is needed to tell that a reply is all there. */
  #isWhole(reply: Buffer, message: string | Uint8Array): boolean {
    const { echoes, repliesInLines, usualReply } = this.#dialect;
    if (echoes) return reply.equals(Buffer.from(message as string));
    return reply.equals(usualReply) || (repliesInLines && reply.at(-1) === LF);
  }
}

function differing(sent: Buffer, came: Buffer): string {
  let at = 0;
  while (at < came.length && came[at] === sent[at]) at++;
  if (at === came.length) return `only the first ${at} bytes: ${shown(came)}`;
  if (sent.length < 100) return `${came.length} bytes: ${shown(came)}`;
  return `from byte ${at + 1} on something else: ${shown(came.subarray(at, at + 40))}`;
}
