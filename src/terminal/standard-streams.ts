/**
 * Standard input, output and error of a command. No output may get lost without a message; a stream
 * that fails is one line and an exit code, not a stack trace.
 *
 * Each stream is opened at its first use. A server uses none while it serves: Node would make pipes
 * among them non-blocking for every process that shares them.
 */

import { createReadStream, fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

const EXIT_FAILED = 1;

export class StandardStreams {
  #input: NodeJS.ReadStream | undefined;
  #output: NodeJS.WriteStream | undefined;
  #errors: NodeJS.WriteStream | undefined;
  /** The first failure of standard input or output, as a message to the user. */
  #complaint: string | undefined;
  #errorsLost = false;

  get input(): NodeJS.ReadStream {
    this.#input ??= openInput().on('error', error => {
      this.#complaint ??= `cannot read standard input: ${reasonOf(error)}`;
    });
    return this.#input;
  }

  get output(): NodeJS.WriteStream {
    this.#output ??= openOutput(STDOUT, process.stdout).on('error', error => {
      if (hasReader(error)) this.#complaint ??= `cannot write standard output: ${reasonOf(error)}`;
    });
    return this.#output;
  }

  get errors(): NodeJS.WriteStream {
    this.#errors ??= openOutput(STDERR, process.stderr).on('error', error => {
      this.#errorsLost ||= hasReader(error);
    });
    return this.#errors;
  }

  /**
   * Waits until the output is taken: in a pipe it may wait for a slow reader, and would be lost with the
   * process. Then reports what has failed.
   * @returns the exit code, which is another one when output was lost.
   */
  async finish(exitCode: number): Promise<number> {
    await isTaken(this.#output);
    if (this.#complaint !== undefined) this.errors.write(`calcd: ${this.#complaint}\n`);
    await isTaken(this.#errors);
    if (this.#complaint !== undefined) return EXIT_FAILED;
    return exitCode === 0 && this.#errorsLost ? EXIT_FAILED : exitCode;
  }
}

/** A reader that has closed the pipe needs no more: nothing is lost. */
function hasReader({ code }: NodeJS.ErrnoException): boolean {
  return code !== 'EPIPE';
}

/** Node takes what it has no stream for, such as a directory, for an empty input; a file stream reports it. */
function openInput(): NodeJS.ReadStream {
  const status = fstatSync(STDIN);
  const isUsual =
    status.isFile() || status.isCharacterDevice() || status.isFIFO() || status.isSocket();
  if (isUsual) return process.stdin;
  return createReadStream('', { fd: STDIN }) as unknown as NodeJS.ReadStream;
}

/**
 * Node's own stream for a terminal, a pipe or a socket, and ours for everything else: Node's stream for
 * files ignores that a full disk takes only a part of a write, and where Node has no stream, output is
 * lost. (The type is that of a terminal, like the type of process.stdout.)
 */
function openOutput(fd: number, standard: NodeJS.WriteStream): NodeJS.WriteStream {
  const status = fstatSync(fd);
  if (standard.isTTY || status.isFIFO() || status.isSocket()) return standard;
  return new WholeWrites(fd) as unknown as NodeJS.WriteStream;
}

/** Writes each chunk completely before the next. */
class WholeWrites extends Writable {
  readonly #fd: number;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    try {
      for (let written = 0; written < chunk.length; ) {
        written += writeSync(this.#fd, chunk, written);
      }
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}

/** A stream that failed has emitted its error before this resolves. */
function isTaken(stream: NodeJS.WriteStream | undefined): Promise<void> {
  return new Promise(resolve => {
    if (stream) stream.write('', () => setImmediate(resolve));
    else resolve();
  });
}

/** The error of a system call in words, with its code: `no space left on device (ENOSPC)`. */
export function reasonOf({ errno, code, message }: NodeJS.ErrnoException): string {
  const known = getSystemErrorMap().get(errno ?? 0);
  return known ? `${known[1]} (${known[0]})` : `${message}${code ? ` (${code})` : ''}`;
}
