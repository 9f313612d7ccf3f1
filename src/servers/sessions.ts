/** The clients of one select loop: a Session each, all in the same thread. */
import type { Conversation, Counts, Observer } from '../conversation/conversation.ts';
import type { Address } from '../sockets/address.ts';
import type { Socket } from '../sockets/socket.ts';
import type { Clients } from './acceptor.ts';
import { type Display, departure } from './display.ts';
import type { SelectLoop } from './select-loop.ts';
import { Session } from './session.ts';
import { Tally } from './tally.ts';

export class Sessions implements Clients {
  readonly #loop: SelectLoop;
  readonly #display: Display;
  readonly #converse: (observer?: Observer) => Conversation;
  readonly #sessions = new Set<Session>();
  /** Of those who have left. */
  readonly #left = new Tally();

  /** @param converse begins the conversation with a new client. */
  constructor(loop: SelectLoop, display: Display, converse: (observer?: Observer) => Conversation) {
    this.#loop = loop;
    this.#display = display;
    this.#converse = converse;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get counts(): Counts {
    const all = new Tally().add(this.#left);
    for (const session of this.#sessions) all.add(session.counts);
    return all;
  }

  welcome(socket: Socket, peer: Address): void {
    this.#display.connected(socket.fd, peer);
    const conversation = this.#converse(this.#display.observer(socket.fd));
    this.#sessions.add(new Session(this.#loop, socket, conversation, this.#leaves));
  }

  finish(): void {
    for (const session of this.#sessions) session.finish();
  }

  cutOff(): void {
    for (const session of this.#sessions) session.end(departure.cutOff);
  }

  readonly #leaves = (session: Session, reason: string): void => {
    this.#sessions.delete(session);
    this.#left.add(session.counts);
    this.#display.left(session.fd, reason);
  };
}
