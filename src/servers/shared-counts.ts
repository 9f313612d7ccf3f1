/** A client's counts where its thread can write them and the main thread read them. */
import type { Counts } from '../conversation/conversation.ts';

export class SharedCounts implements Counts {
  readonly cells: Int32Array;

  /** @param cells those of the other thread. */
  constructor(cells: Int32Array = new Int32Array(new SharedArrayBuffer(8))) {
    this.cells = cells;
  }

  get messages(): number {
    return Atomics.load(this.cells, 0) >>> 0;
  }

  get errors(): number {
    return Atomics.load(this.cells, 1) >>> 0;
  }

  set({ messages, errors }: Counts): void {
    Atomics.store(this.cells, 0, messages);
    Atomics.store(this.cells, 1, errors);
  }
}
