/**
 * The file for the report in JUnit's format. It is opened before the check begins: to find out half
 * a minute later that there is no such folder would be late.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../terminal/reason.ts';

/** The command line has an exit code for it. */
class CannotWriteReport extends Error {
  override readonly name = 'CannotWriteReport';
}

export class ReportFile {
  readonly #path: string;
  readonly #fd: number;

  /** Throws a CannotWriteReport. What the file held before is gone from now on. */
  constructor(path: string) {
    this.#path = path;
    this.#fd = this.#try(() => openSync(path, 'w'));
  }

  /** Once, with the whole text. Throws a CannotWriteReport. */
  write(text: string): void {
    this.#try(() => {
      writeFileSync(this.#fd, text);
      closeSync(this.#fd);
    });
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const reason = reasonOf(error as NodeJS.ErrnoException);
      throw new CannotWriteReport(`cannot write the report to '${this.#path}': ${reason}`);
    }
  }
}
