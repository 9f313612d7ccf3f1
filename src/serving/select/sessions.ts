/** The clients of one select loop: one Session per client, all in the same thread. */
import type { Conversation, Counts, Observer } from '../../protocol/conversation.ts';
import type { Address } from '../../sockets/address.ts';
import type { Socket } from '../../sockets/socket.ts';
import type { Clients } from '../acceptor.ts';
import { Counters } from '../counters.ts';
import { disconnectReason } from '../log/log.ts';
import type { ServerContext } from '../server.ts';
import { IdleTimeout } from './idle-timeout.ts';
import { Session } from './session.ts';

export class Sessions implements Clients {
  readonly #context: ServerContext;
  readonly #startConversation: (observer?: Observer) => Conversation;
  readonly #sessions = new Set<Session>();
  /** Of the clients that have left. */
  readonly #past = new Counters();
  readonly #idleTimeout: IdleTimeout | undefined;

  constructor(context: ServerContext, startConversation: (observer?: Observer) => Conversation) {
    this.#context = context;
    this.#startConversation = startConversation;
    const { loop, idleTimeout } = context;
    if (idleTimeout) this.#idleTimeout = new IdleTimeout(loop, idleTimeout, this.#sessions);
  }

  get size(): number {
    return this.#sessions.size;
  }

  get counts(): Counts {
    const all = new Counters().add(this.#past);
    for (const session of this.#sessions) all.add(session.counts);
    return all;
  }

  admit(socket: Socket, peer: Address): void {
    const { log, loop } = this.#context;
    log.connected(socket.fd, peer);
    const conversation = this.#startConversation(log.observer(socket.fd));
    this.#sessions.add(new Session(loop, socket, conversation, this.#onDisconnected));
    this.#idleTimeout?.watch();
  }

  drain(): void {
    for (const session of this.#sessions) session.drain();
  }

  forceClose(): void {
    for (const session of this.#sessions) session.disconnect(disconnectReason.forceClosed);
  }

  readonly #onDisconnected = (session: Session, reason: string): void => {
    this.#sessions.delete(session);
    this.#past.add(session.counts);
    this.#context.log.disconnected(session.fd, reason);
  };
}
