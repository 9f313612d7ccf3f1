/** One client's turn at being answered: as many replies as fit one send and a share of the time. */
import type { Conversation } from '../protocol/conversation.ts';
import type { ReplyBuffer } from '../protocol/reply-buffer.ts';
import { system } from '../sockets/system-calls.ts';
import { TURN_MS } from './limits.ts';

/**
 * Fills `replies`, emptied first.
 * @returns whether input waits for another turn.
 */
export function answerTurn(conversation: Conversation, replies: ReplyBuffer): boolean {
  replies.clear();
  let more = conversation.answer(replies);
  if (!more) return false;
  const until = system.now() + TURN_MS;
  while (more && !replies.isFull && system.now() < until) {
    more = conversation.answer(replies);
  }
  return more;
}
