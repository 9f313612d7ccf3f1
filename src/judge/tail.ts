/** The end of what a program printed: enough to learn from, and bounded however much it prints. */
import { Buffer } from 'node:buffer';

/** Bytes kept: some hundred lines. */
const KEPT = 16 * 1024;

export class Tail {
  /** All bytes that came, kept or not. */
  total = 0;
  #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    this.total += chunk.length;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= 2 * KEPT) return;
    // Copied, or a few kept bytes would keep whole chunks alive.
    const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-KEPT));
    this.#chunks = [kept];
    this.#length = kept.length;
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** The last lines that say something. */
  lines(count: number): string[] {
    return this.text
      .split(/\r?\n/)
      .filter(line => line.trim() !== '')
      .slice(-count);
  }
}
