/** How lines of the display look: as text for people, or as JSON for programs. */
import type { Buffer } from 'node:buffer';
import type { DisplayEvent, Said } from './log-events.ts';

export interface DisplayStyle {
  /** What each line begins with. */
  stamp(): string;
  line(event: DisplayEvent): string;
  /** The line in place of so many that were dropped. */
  dropped(lines: number): string;
  /** What to print for what is said to and by the client on a socket. */
  said(who: Said, socket: number): SaidStyle;
}

/** What is said stands between two texts that are the same for all lines of its kind. */
export interface SaidStyle {
  readonly before: Buffer;
  readonly after: Buffer;
  /** Most bytes that `write` writes. */
  readonly mostBytes: number;
  /** Writes bytes `start` to `end` into `target` from `at` on. @returns where it ends. */
  write(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number;
}
