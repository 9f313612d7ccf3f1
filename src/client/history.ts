/**
 * What was entered at the prompt, kept from run to run in a file of a line each, the newest last.
 * Each line is appended in one write(2), so that clients that run at the same time share the file.
 * One that finds the file too long writes the newest lines to another and renames it; a line that
 * somebody appends in that moment is lost, and nothing else.
 */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFolder } from './state-folder.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** Lines that the prompt remembers. The file is cut to as many when it has twice that. */
const REMEMBERED = 1000;

/** A longer line is no message that a server would take. */
const LONGEST = 4096;

/** What somebody calculates is nobody else's business. */
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

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

  /** The newest first, as node:readline takes them. */
  load(): string[] {
    let kept: string[] = [];
    this.#attempt(() => {
      this.#file = join(stateFolder(), 'history');
      const lines = linesOf(this.#file);
      kept = lines.slice(-REMEMBERED);
      if (lines.length > 2 * REMEMBERED) replace(this.#file, kept);
    });
    this.#last = kept.at(-1) ?? '';
    return kept.reverse();
  }

  add(line: string): void {
    const file = this.#file;
    if (!file || line.trim() === '' || line === this.#last || line.length > LONGEST) return;
    this.#last = line;
    this.#attempt(() => {
      mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
      appendFileSync(file, `${line}\n`, { mode: OWNER_ONLY });
    });
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

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function replace(file: string, lines: readonly string[]): void {
  const original = realpathSync(file);
  const next = `${original}.${process.pid}`;
  writeFileSync(next, `${lines.join('\n')}\n`, { mode: OWNER_ONLY });
  renameSync(next, original);
}
