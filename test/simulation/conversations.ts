/**
 * What clients of a run may send, with what the pure conversation replies to each message. Bytes are
 * binary strings (latin1).
 */
import { CalculatorConversation } from '../../src/protocol/calculator-conversation.ts';
import { MAX_MESSAGE_BYTES } from '../../src/protocol/framing.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';

export interface Message {
  /** Without its line end. */
  readonly text: string;
  /** With its line end. */
  readonly reply: string;
}

const EXPRESSIONS = [
  '22 + 44',
  '3 * 4',
  '4 / 2',
  '9-8',
  '1 / 3',
  '0.1 + 0.2',
  '-2^2',
  '(1 + 2) * 3 - 4 % 3',
  '2^200',
  '123456789 * 987654321',
  '7 / 0',
  '1 +',
  '',
  'hello',
  '2 × 3',
  '1\u2028+ 1',
  '9^9^9',
  '((((((((((1))))))))))',
  `1${'+1'.repeat(400)}`,
];

/** Message text that no server takes for text, or takes for too long. */
const ODDITIES = ['\xff\xfe', '\x1b[31m', '1\0+1', '7'.repeat(MAX_MESSAGE_BYTES + 1)];

/** The replies of the conversation to a client that sends this and half-closes. */
export function repliesTo(bytes: string): string {
  const conversation = new CalculatorConversation();
  const replies = new ReplyBuffer();
  let all = '';
  const input = Buffer.from(bytes, 'latin1');
  const answer = (): void => {
    for (let more = true; more; replies.clear()) {
      more = conversation.answer(replies);
      all += replies.bytes.toString('latin1', 0, replies.length);
    }
  };
  conversation.receive(input, input.length);
  answer();
  conversation.end();
  answer();
  return all;
}

const messageOf = (text: string): Message => ({ text, reply: repliesTo(`${text}\n`) });
const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** What a client may send as a line. */
export const MESSAGES: readonly Message[] = [...EXPRESSIONS.map(latin1), ...ODDITIES].map(
  messageOf,
);

/** What a client may send without a line end: not empty and not too long. */
export const BARE_MESSAGES: readonly Message[] = EXPRESSIONS.filter(text => text !== '')
  .map(latin1)
  .map(messageOf);
