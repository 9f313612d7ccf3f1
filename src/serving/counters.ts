/** Counts that add up: of a server's clients, those who have left and those who are there. */
import type { Counts } from '../protocol/conversation.ts';

export class Tally implements Counts {
  messages = 0;
  errors = 0;

  add({ messages, errors }: Counts): this {
    this.messages += messages;
    this.errors += errors;
    return this;
  }
}
