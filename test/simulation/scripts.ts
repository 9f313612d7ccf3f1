/** What clients do in simulated runs: the kinds that public clients are of, and hostile ones. */
import { PAUSE_MS } from '../../src/protocol/framing.ts';
import type { Random } from '../support/random.ts';
import type { Client, Script } from './client.ts';
import { BARE_MESSAGES, MESSAGES, type Message, repliesTo } from './conversations.ts';

const LINE_ENDS = ['\n', '\n', '\r\n', '\0\n'];

/** Between the pieces of one message without line end. */
const SHORT_GAP_MS = PAUSE_MS - 2;

const anyMessage = (random: Random): Message => random.pick(MESSAGES);
const anyBare = (random: Random): Message => random.pick(BARE_MESSAGES);

/** One line, its reply, the next line. */
const lines: Script = function* (client, random) {
  for (let count = random.below(6); count >= 0; count--) {
    client.sendMessage(anyMessage(random), random.pick(LINE_ENDS));
    yield 'replies';
    yield random.below(40);
  }
  client.close();
};

/** The text only, as 18 of 21 public clients send it. */
const bare: Script = function* (client, random) {
  for (let count = random.below(6); count >= 0; count--) {
    client.sendMessage(anyBare(random), '');
    yield 'replies';
    yield random.below(60);
  }
  client.close();
};

/** Text in pieces, none of them long after the other: one message. */
const bareInPieces: Script = function* (client, random) {
  for (let count = random.below(4); count >= 0; count--) {
    const { text, reply } = anyBare(random);
    for (let from = 0; from < text.length; ) {
      const to = from + 1 + random.below(text.length);
      client.sendPart(text.slice(from, to));
      from = to;
      if (from < text.length) yield random.below(SHORT_GAP_MS);
    }
    client.expect(reply);
    yield 'replies';
    yield PAUSE_MS + random.below(40);
  }
  client.close();
};

/** After a first line every pause is long, and ends nothing. */
const slow: Script = function* (client, random) {
  client.sendMessage(anyMessage(random), '\n');
  yield 'replies';
  const { text, reply } = random.pick(MESSAGES.slice(0, 12));
  for (const byte of text) {
    client.sendPart(byte);
    yield random.below(100);
  }
  client.sendPart('\n');
  client.expect(reply);
  yield 'replies';
  client.close();
};

/** Many lines at once, then the end of its direction: all replies, then the end of the stream. */
const burst: Script = function* (client, random) {
  sayMany(client, random, 1 + random.below(random.pick([5, 5, 20, 200])));
  client.halfClose();
  yield 'end';
};

/** The last message has no line end: the end of the direction ends it. */
const unfinished: Script = function* (client, random) {
  sayMany(client, random, random.below(3));
  client.sendMessage(anyBare(random), '');
  client.halfClose();
  yield 'end';
};

/** Reads nothing for a long time, and then all. */
const deaf: Script = function* (client, random) {
  client.read(false);
  sayMany(client, random, 1 + random.below(random.pick([20, 20, 400])));
  yield random.below(3000);
  if (random.below(3) === 0) return client.reset();
  for (let count = random.below(8); count > 0; count--) {
    client.readSome(1 + random.below(3000));
    yield random.below(20);
  }
  client.read(true);
  yield 'replies';
  client.close();
};

const silent: Script = function* (client, random) {
  yield random.below(random.pick([10, 5000]));
  client.close();
};

const resets: Script = function* (client, random) {
  if (random.below(2) === 0) yield random.below(30);
  if (random.below(2) === 0) client.sendMessage(anyMessage(random), '\n');
  if (random.below(2) === 0) client.sendPart('22 + ');
  if (random.below(2) === 0) yield random.below(SHORT_GAP_MS);
  client.reset();
};

/** Says something and leaves in the same moment. */
const leavesAtOnce: Script = function* (client, random) {
  sayMany(client, random, 1 + random.below(10));
  if (random.below(2) === 0) yield random.below(3);
  client.close();
};

/** A byte of the message is urgent (MSG_OOB). */
const urgent: Script = function* (client) {
  client.sendPart('1+');
  client.sendUrgent('2');
  client.sendPart('3\n');
  client.expect(repliesTo('1+23\n'));
  yield 'replies';
  client.close();
};

/** Its machine is gone, with replies on the way or not. */
const vanishes: Script = function* (client, random) {
  client.sendMessage(anyMessage(random), '\n');
  if (random.below(2) === 0) yield 'replies';
  sayMany(client, random, random.below(20));
  yield random.below(10);
  client.vanish();
};

function sayMany(client: Client, random: Random, count: number): void {
  for (let sent = 0; sent < count; sent++) {
    client.sendMessage(anyMessage(random), random.pick(LINE_ENDS));
  }
}

export const SCRIPTS: Readonly<Record<string, Script>> = {
  lines,
  bare,
  bareInPieces,
  slow,
  burst,
  unfinished,
  deaf,
  silent,
  resets,
  leavesAtOnce,
  urgent,
  vanishes,
};
