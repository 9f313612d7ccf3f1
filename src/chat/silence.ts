/**
 * Waits for a server to be silent. What came in while this process had no processor is read only
 * after the timers that are due meanwhile: so the socket has its turn once more before it is believed.
 */
export class Silence {
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** Begins anew. @param action is called when nothing has called this, or `stop`, for so long. */
  await(milliseconds: number, action: () => void): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#turn = setImmediate(action);
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }
}
