/**
 * A client of ours that talks to the program in the program's own dialect and tests each reply. The
 * dialect is detected with the first client: most programs take the bare text of a message, some wait
 * for a line end. Some greet. Some end their replies with LF.
 */
import { Buffer } from 'node:buffer';
import { calculate } from '../../calculator/calculate.ts';
import { BARE_MS, GREETING_MS, REPLY_MS } from '../program/deadlines.ts';
import { Failure, visible } from '../result.ts';
import type { TcpConnection } from './tcp-connection.ts';

/** The assignment's own example, which most checks send. */
export const EXAMPLE = '22 + 44';

const LF = 0x0a;

export interface Dialect {
  readonly echoes: boolean;
  /** Messages must end with LF. */
  readonly lineEnd: boolean;
  readonly greets: boolean;
  /** A reply is one line that ends with LF. Otherwise a pause ends it. */
  readonly repliesInLines: boolean;
  /** The reply to the example, byte by byte; empty for an echo. */
  readonly exampleReply: Buffer;
}

/** Sends the example for the first time. Throws a Failure when the reply is wrong. */
export async function detectDialect(connection: TcpConnection, echoes: boolean): Promise<Dialect> {
  const greets = await connection.waitUntil(() => connection.length > 0, GREETING_MS);
  if (greets) await connection.readUntilPause(GREETING_MS);
  connection.send(EXAMPLE);
  let reply = await connection.readUntilPause(BARE_MS);
  const lineEnd = reply.length === 0;
  if (lineEnd) {
    connection.send('\n');
    reply = await connection.readUntilPause(REPLY_MS);
  }
  const expected = echoes ? EXAMPLE : calculate(EXAMPLE);
  const text = reply.toString();
  if (echoes ? text.trim() !== EXAMPLE : !hasValue(text, expected)) {
    const got = reply.length > 0 ? visible(reply) : connection.describe(BARE_MS + REPLY_MS);
    throw new Failure({ sent: `${EXAMPLE}, then a line end`, expected, got });
  }
  return {
    echoes,
    lineEnd,
    greets,
    repliesInLines: !echoes && /^[^\n]*\n$/.test(text),
    exampleReply: echoes ? Buffer.alloc(0) : reply,
  };
}

export function describeDialect({ lineEnd, greets, repliesInLines, echoes }: Dialect): string {
  const messages = lineEnd ? 'messages that end with LF' : 'bare text, no line end needed';
  const replies = echoes ? '' : `; replies ${repliesInLines ? 'end with LF' : 'without LF'}`;
  return `${messages}${replies}${greets ? '; greets on connect' : ''}`;
}

export class TestClient {
  readonly connection: TcpConnection;
  readonly #dialect: Dialect;

  constructor(connection: TcpConnection, dialect: Dialect) {
    this.connection = connection;
    this.#dialect = dialect;
  }

  /** The message with a line end, if the program needs one. */
  framed(message: string | Uint8Array): Buffer {
    const bytes = Buffer.from(message as string);
    return this.#dialect.lineEnd ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  }

  /** Sends a message. @returns the reply. Throws a Failure when none comes. */
  async ask(message: string | Uint8Array, expected = 'a reply'): Promise<Buffer> {
    return this.askRaw(this.framed(message), expected);
  }

  /** The same, without a line end added. */
  async askRaw(
    bytes: string | Uint8Array,
    expected = 'a reply',
    milliseconds = REPLY_MS,
  ): Promise<Buffer> {
    this.connection.take();
    this.connection.send(bytes);
    const isWhole = (reply: Buffer): boolean => this.#isWhole(reply, bytes);
    const reply = await this.connection.readUntilPause(milliseconds, isWhole);
    if (reply.length > 0) return reply;
    const got = this.connection.describe(milliseconds);
    throw new Failure({ sent: visible(bytes), expected, got, late: !this.connection.ended });
  }

  /** @param tolerance relative to the value, where programs may round. */
  async expectValue(
    expression: string,
    value = calculate(expression),
    tolerance = 0,
  ): Promise<void> {
    const reply = await this.ask(expression, value);
    if (hasValue(reply.toString(), value, tolerance)) return;
    throw new Failure({ sent: visible(expression), expected: value, got: visible(reply) });
  }

  async expectError(message: string | Uint8Array): Promise<void> {
    const expected = 'a reply that reports the error';
    const reply = await this.ask(message, expected);
    if (isError(reply.toString())) return;
    throw new Failure({ sent: visible(message), expected, got: visible(reply) });
  }

  /** Expects the same bytes, and all of them. */
  async expectEcho(message: string | Uint8Array): Promise<void> {
    const sent = this.framed(message);
    const { connection } = this;
    connection.take();
    connection.send(sent);
    await connection.waitUntil(
      () => connection.length >= sent.length || connection.ended,
      REPLY_MS,
    );
    const reply = await connection.readUntilPause(0);
    if (reply.equals(sent)) return;
    throw new Failure({
      sent: visible(sent),
      expected: `the same ${sent.length} bytes`,
      got: reply.length > 0 ? firstDifference(sent, reply) : connection.describe(REPLY_MS),
    });
  }

  /** Expects the right reply to a valid message: its value, or from an echo the message itself. */
  async expectService({
    message = EXAMPLE,
    milliseconds = REPLY_MS,
    lineEnd = false,
  } = {}): Promise<void> {
    const { echoes } = this.#dialect;
    const expected = echoes ? message : calculate(message);
    const bytes = lineEnd ? `${message}\n` : this.framed(message);
    const reply = (await this.askRaw(bytes, expected, milliseconds)).toString();
    if (echoes ? reply.trim() === message : hasValue(reply, expected)) return;
    throw new Failure({ sent: message, expected, got: visible(reply) });
  }

  /** Whether the reply is known to be complete before there is a pause. */
  #isWhole(reply: Buffer, message: string | Uint8Array): boolean {
    const { echoes, repliesInLines, exampleReply } = this.#dialect;
    if (echoes) return reply.equals(Buffer.from(message as string));
    return reply.equals(exampleReply) || (repliesInLines && reply.at(-1) === LF);
  }
}

function firstDifference(sent: Buffer, reply: Buffer): string {
  let at = 0;
  while (at < reply.length && reply[at] === sent[at]) at++;
  if (at === reply.length) return `only the first ${at} bytes: ${visible(reply)}`;
  if (sent.length < 100) return `${reply.length} bytes: ${visible(reply)}`;
  return `other bytes from byte ${at + 1} on: ${visible(reply.subarray(at, at + 40))}`;
}

const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?/gi;
const ONLY_A_NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;

/** Escape sequences for colours, and NULs as padding. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const DECORATION = /\x1b\[[0-9;]*[A-Za-z]|\0.*$/gs;

/**
 * Whether a line of the reply ends in this number. Programs reply `66`, `66.0`, `Result: 66` or
 * `22 + 44 = 66`, and some add a prompt: all of these are 66.
 */
export function hasValue(reply: string, expected: string, tolerance = 0): boolean {
  return withoutDecoration(reply)
    .split('\n')
    .some(line => {
      const last = line.match(NUMBER)?.at(-1);
      return last !== undefined && isEqual(last, expected, tolerance);
    });
}

/** An error is any text that is not just a number. */
function isError(reply: string): boolean {
  const text = withoutDecoration(reply).trim();
  return text !== '' && !ONLY_A_NUMBER.test(text);
}

function withoutDecoration(reply: string): string {
  return reply.replace(DECORATION, '');
}

function isEqual(text: string, expected: string, tolerance: number): boolean {
  if (tolerance > 0) {
    return Math.abs(Number(text) - Number(expected)) <= tolerance * Math.abs(Number(expected));
  }
  try {
    return calculate(`${text} - (${expected})`) === '0';
  } catch {
    return false;
  }
}
