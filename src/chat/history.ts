/**
 * What was entered at the prompt, kept from run to run in a file of a line each, the newest last.
 * Clients that run at the same time share it; one that finds it too long cuts it.
 */
import { join } from 'node:path';
import { displayable } from './displayable.ts';
import { appendLine, newestLines, replaceLines } from './history-file.ts';
import { stateFolder } from './state-folder.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** Lines that the prompt remembers. The file is cut to as many when it has twice that. */
const REMEMBERED = 1000;

/** A longer line is no message that a server would take. */
const LONGEST = 4096;

export class History {
  readonly #troubled: (trouble: Trouble) => void;
  /** Undefined while it is not known, and once it turned out to be of no use. */
  #file: string | undefined;
  #last = '';

  static readonly size = REMEMBERED;

  /** @param troubled is called once when history cannot be kept; everything else goes on. */
  constructor(troubled: (trouble: Trouble) => void) {
    this.#troubled = troubled;
  }

  /** The newest first, as node:readline takes them. What a terminal would obey is left out. */
  load(): string[] {
    let kept: string[] = [];
    this.#attempt(() => {
      this.#file = join(stateFolder(), 'history');
      const { lines, hasMore } = newestLines(this.#file) ?? { lines: [], hasMore: false };
      kept = lines.map(displayable).filter(isWorthKeeping).slice(-REMEMBERED);
      if (hasMore || lines.length > 2 * REMEMBERED) replaceLines(this.#file, kept);
    });
    this.#last = kept.at(-1) ?? '';
    return kept.reverse();
  }

  add(line: string): void {
    const file = this.#file;
    if (!file || line === this.#last || !isWorthKeeping(line)) return;
    this.#last = line;
    this.#attempt(() => appendLine(file, line));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#file = undefined;
      this.#troubled(troubleOf(error as NodeJS.ErrnoException));
    }
  }
}

function isWorthKeeping(line: string): boolean {
  return line.trim() !== '' && line.length <= LONGEST;
}
