/** Counts of messages and errors: added up over clients, or shared between threads. */
import type { Counts } from '../protocol/conversation.ts';

export class Counters implements Counts {
  messages = 0;
  errors = 0;

  add({ messages, errors }: Counts): this {
    this.messages += messages;
    this.errors += errors;
    return this;
  }
}

/** The counts of one client of server2: its thread writes them, the main thread reads them. */
export class SharedCounters implements Counts {
  readonly cells: BigInt64Array;

  /** @param cells of the SharedCounters in the other thread. */
  constructor(cells: BigInt64Array = new BigInt64Array(new SharedArrayBuffer(16))) {
    this.cells = cells;
  }

  get messages(): number {
    return Number(Atomics.load(this.cells, 0));
  }

  get errors(): number {
    return Number(Atomics.load(this.cells, 1));
  }

  set({ messages, errors }: Counts): void {
    Atomics.store(this.cells, 0, BigInt(messages));
    Atomics.store(this.cells, 1, BigInt(errors));
  }
}
