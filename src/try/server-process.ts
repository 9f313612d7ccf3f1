/**
 * A server in a process of its own. Its standard input is a pipe from this process, and it stops when the
 * pipe ends. So it never outlives this process, even if this process is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { argv, execPath } from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Address } from '../sockets/address.ts';

const LISTENING = /^Server listening on .*:(\d+)$/;

export class ServerProcess {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #errors: Promise<string>;
  /** Resolves after the last line of its log. */
  readonly #logEnd: Promise<unknown[]>;

  /** @param show is called with each line of its log. */
  constructor(name: string, { host, port }: Address, show: (line: string) => void) {
    const words = [argv[1] as string, name, '--until-eof', host, String(port)];
    const server = spawn(execPath, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = server;
    this.#errors = text(server.stderr);
    this.#lines = createInterface(server.stdout).on('line', show);
    this.#logEnd = once(this.#lines, 'close');
  }

  /** @returns the port it listens on, or its error message when it did not start. */
  async listening(): Promise<number | string> {
    const [line] = await Promise.race([once(this.#lines, 'line'), this.#logEnd]);
    const port = LISTENING.exec(line ?? '')?.[1];
    return port === undefined ? this.#errors : Number(port);
  }

  /** Ends its input. @returns its error messages, after the last line of its log. */
  async stop(): Promise<string> {
    this.#process.stdin?.end();
    await this.#logEnd;
    return this.#errors;
  }

  /** Interrupts it, as Ctrl+C in its own terminal would. @returns the same as stop. */
  async interrupt(): Promise<string> {
    this.#process.kill('SIGINT');
    await this.#logEnd;
    return this.#errors;
  }
}
