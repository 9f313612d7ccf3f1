/** The clients of one select loop: a Session each, all in the same thread. */
import type { Conversation, Counts, Observer } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import type { Socket } from '../../sockets/socket.ts';
import type { Clients } from '../acceptor.ts';
import { Tally } from '../counters.ts';
import { IdleTimeout } from '../idle-timeout.ts';
import { departure } from '../log/log.ts';
import type { Surroundings } from '../server.ts';
import { Session } from './session.ts';

export class Sessions implements Clients {
  readonly #surroundings: Surroundings;
  readonly #converse: (observer?: Observer) => Conversation;
  readonly #sessions = new Set<Session>();
  /** Of those who have left. */
  readonly #left = new Tally();
  readonly #idleTimeout: IdleTimeout | undefined;

  /** @param converse begins the conversation with a new client. */
  constructor(surroundings: Surroundings, converse: (observer?: Observer) => Conversation) {
    this.#surroundings = surroundings;
    this.#converse = converse;
    const { loop, idleTimeout } = surroundings;
    if (idleTimeout) this.#idleTimeout = new IdleTimeout(loop, idleTimeout, this.#sessions);
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
    const { display, loop } = this.#surroundings;
    display.connected(socket.fd, peer);
    const conversation = this.#converse(display.observer(socket.fd));
    this.#sessions.add(new Session(loop, socket, conversation, this.#leaves));
    this.#idleTimeout?.watch();
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
    this.#surroundings.display.left(session.fd, reason);
  };
}
