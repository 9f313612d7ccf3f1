/** Who runs at the same time: several side by side, or one alone. First come, first served. */
export class Gate {
  readonly #queue: { readonly alone: boolean; enter(): void }[] = [];
  #inside = 0;
  #isAlone = false;

  beside<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(false, work);
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#pass(true, work);
  }

  async #pass<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>(enter => {
      this.#queue.push({ alone, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#isAlone = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#queue[0]; next && this.#mayEnter(next.alone); next = this.#queue[0]) {
      this.#queue.shift();
      this.#inside++;
      this.#isAlone = next.alone;
      next.enter();
    }
  }

  #mayEnter(alone: boolean): boolean {
    return this.#inside === 0 || !(alone || this.#isAlone);
  }
}
