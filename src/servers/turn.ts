/** One client's turn at being answered: as many replies as fit one send and a share of the time. */
import { performance } from 'node:perf_hooks';
import type { Conversation } from '../conversation/conversation.ts';
import type { ReplyBuffer } from '../conversation/reply-buffer.ts';
import { TURN_MS } from './limits.ts';

/**
 * Fills `replies`, emptied first.
 * @returns whether input waits for another turn.
 */
export function answerTurn(conversation: Conversation, replies: ReplyBuffer): boolean {
  replies.clear();
  let more = conversation.answer(replies);
  if (!more) return false;
  const until = performance.now() + TURN_MS;
  while (more && !replies.isFull && performance.now() < until) {
    more = conversation.answer(replies);
  }
  return more;
}
