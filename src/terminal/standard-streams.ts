/**
 * Standard input, output and error of a command, and what becomes of them: nothing that is written
 * may get lost in silence, and a stream that fails is one line and an exit code, not a stack.
 *
 * Each is opened when it is first asked for. A server asks for none while it serves: Node would make
 * pipes among them non-blocking for everybody who shares them.
 */
import { createReadStream, fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { reasonOf } from './reason.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

const EXIT_FAILED = 1;

export class StandardStreams {
  #input: NodeJS.ReadStream | undefined;
  #output: NodeJS.WriteStream | undefined;
  #errors: NodeJS.WriteStream | undefined;
  /** What failed first on standard input or output, for the user to read. */
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
   * Waits until what was written is taken: in a pipe it may wait for its reader, and would end with
   * the process. Then reports what has failed.
   * @returns the exit code: another one when output was lost.
   */
  async finish(exitCode: number): Promise<number> {
    await isTaken(this.#output);
    if (this.#complaint !== undefined) this.errors.write(`calcd: ${this.#complaint}\n`);
    await isTaken(this.#errors);
    if (this.#complaint !== undefined) return EXIT_FAILED;
    return exitCode === 0 && this.#errorsLost ? EXIT_FAILED : exitCode;
  }
}

/** A reader that has gone has had enough: that is not a loss. */
function hasReader({ code }: NodeJS.ErrnoException): boolean {
  return code !== 'EPIPE';
}

/** What Node has no stream for, such as a directory, it takes for an empty input; a file's stream says why. */
function openInput(): NodeJS.ReadStream {
  const status = fstatSync(STDIN);
  const isUsual =
    status.isFile() || status.isCharacterDevice() || status.isFIFO() || status.isSocket();
  if (isUsual) return process.stdin;
  return createReadStream('', { fd: STDIN }) as unknown as NodeJS.ReadStream;
}

/**
 * Node's own streams for terminals, pipes and sockets. For all others one of ours: Node's ignores
 * that a full disk takes only a part of what is written, and what it has no stream for is lost.
 * (The type is that of a terminal, as Node's own is for whatever standard output may be.)
 */
function openOutput(fd: number, standard: NodeJS.WriteStream): NodeJS.WriteStream {
  const status = fstatSync(fd);
  if (standard.isTTY || status.isFIFO() || status.isSocket()) return standard;
  return new WholeWrites(fd) as unknown as NodeJS.WriteStream;
}

/** Each chunk is written, and all of it, before the next. */
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

/** A stream that failed has told so before this is called back. */
function isTaken(stream: NodeJS.WriteStream | undefined): Promise<void> {
  return new Promise(resolve => {
    if (stream) stream.write('', () => setImmediate(resolve));
    else resolve();
  });
}
