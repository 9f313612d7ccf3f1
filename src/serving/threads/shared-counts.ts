/** A client's counts where its thread can write them and the main thread read them. */
import type { Counts } from '../../protocol/conversation.ts';

export class SharedCounts implements Counts {
  readonly cells: BigInt64Array;

  /** @param cells those of the other thread. */
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
