/**
 * Fuzzes a server: clients say random bytes in random pieces with random pauses, and close in
 * random ways. What comes back must be, to the byte, what the pure conversation says.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CalculatorConversation } from '../../src/protocol/calculator-conversation.ts';
import { EchoConversation } from '../../src/protocol/echo-conversation.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';
import { within } from './deadline.ts';
import { Random } from './random.ts';

export interface FuzzOptions {
  readonly port: number;
  readonly echoes: boolean;
  readonly sessions: number;
  /** Clients at the same time. */
  readonly clients: number;
  readonly seed: number;
}

/** @returns messages sent. Fails at the first session that goes wrong, naming its seed. */
export async function fuzz(options: FuzzOptions): Promise<number> {
  let next = 0;
  let messages = 0;
  const client = async (): Promise<void> => {
    while (next < options.sessions) {
      const seed = options.seed + next++;
      const sent = await session(options, new Random(seed)).catch(error => {
        throw new Error(`session with SEED=${seed}: ${error.message}`, { cause: error });
      });
      messages += sent;
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return messages;
}

async function session({ port, echoes }: FuzzOptions, random: Random): Promise<number> {
  const messages = 1 + random.below(random.pick([2, 10, 100]));
  const input = Buffer.concat(Array.from({ length: messages }, () => message(random)));
  const expected = conversation(echoes, Buffer.concat([FIRST, input]));
  const { socket, greeted } = await connect(port);
  const replies = [greeted];
  socket.on('data', bytes => replies.push(bytes));
  const closed = once(socket, 'close').catch(() => {});
  await sendInPieces(socket, input, random);
  const ending = random.pick(['end', 'end', 'end', 'destroy', 'reset'] as const);
  if (ending === 'end') socket.end();
  else if (ending === 'destroy') socket.destroy();
  else socket.resetAndDestroy();
  await within(closed, 'the end of a session');
  const received = Buffer.concat(replies);
  if (ending === 'end') assert.ok(received.equals(expected), differ(received, expected));
  else
    assert.ok(expected.subarray(0, received.length).equals(received), differ(received, expected));
  return messages + 1;
}

/** Sent whole: before its line end, whether a pause ends a message would depend on the clock. */
const FIRST = Buffer.from('1 + 1\n');

/** Connects, again while the server is busy with the client before, and hears the first reply. */
async function connect(port: number): Promise<{ socket: Socket; greeted: Buffer }> {
  for (;;) {
    const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    socket.write(FIRST);
    const [greeted] = (await within(once(socket, 'data'), 'the first reply')) as [Buffer];
    if (!greeted.toString().startsWith('error: server busy')) return { socket, greeted };
    socket.destroy();
  }
}

/** All that the pure conversation says to this input. */
function conversation(echoes: boolean, input: Buffer): Buffer {
  const conversation = echoes ? new EchoConversation() : new CalculatorConversation();
  const replies = new ReplyBuffer();
  const all: Buffer[] = [];
  const answer = (): void => {
    for (let more = true; more; replies.clear()) {
      more = conversation.answer(replies);
      all.push(Buffer.from(replies.bytes.subarray(0, replies.length)));
    }
  };
  conversation.receive(input, input.length);
  answer();
  conversation.end();
  answer();
  return Buffer.concat(all);
}

const CHARACTERS = [...'0123456789+-*/()%^. \t', 'é', '×', '\0', '\r', 'x', '"', '\x1b', '１'];

function message(random: Random): Buffer {
  switch (random.below(10)) {
    case 0:
      return random.bytes(random.below(40));
    case 1:
      return Buffer.from(`${'7'.repeat(random.below(5000))}\n`);
    case 2:
      return Buffer.from(random.pick(['\n', '\r\n', '\0\0\n', '\n\0\0\0', '\r\r\n']));
    case 3:
    case 4:
      return Buffer.from(
        `${Array.from({ length: random.below(30) }, () => random.pick(CHARACTERS)).join('')}\n`,
      );
    default:
      return Buffer.from(
        `${random.below(1e9)} ${random.pick(['+', '-', '*', '/'])} ${random.below(1e6)}\n`,
      );
  }
}

async function sendInPieces(socket: Socket, input: Buffer, random: Random): Promise<void> {
  for (let position = 0; position < input.length; ) {
    const length = 1 + random.below(random.pick([3, 100, 10_000]));
    socket.write(input.subarray(position, position + length));
    position += length;
    if (random.below(3) === 0) await nextTurn();
  }
}

function differ(received: Buffer, expected: Buffer): string {
  let at = 0;
  while (at < received.length && received[at] === expected[at]) at++;
  const around = (bytes: Buffer): string =>
    JSON.stringify(bytes.toString('latin1', Math.max(0, at - 40), at + 40));
  return `differs at byte ${at}: ${around(received)} instead of ${around(expected)}`;
}
