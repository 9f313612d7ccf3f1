/**
 * A server in a process of its own. It holds a pipe from us and stops when the pipe ends, so that it
 * outlives us in no case, not even when we are killed.
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
  readonly #complaint: Promise<string>;
  /** When it has said its last line. */
  readonly #silence: Promise<unknown[]>;

  /** @param show is called with each line of its display. */
  constructor(name: string, { host, port }: Address, show: (line: string) => void) {
    const words = [argv[1] as string, name, '--until-eof', host, String(port)];
    const server = spawn(execPath, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = server;
    this.#complaint = text(server.stderr);
    this.#lines = createInterface(server.stdout).on('line', show);
    this.#silence = once(this.#lines, 'close');
  }

  /** @returns the port it listens on, or what it complained of when it did not start. */
  async listening(): Promise<number | string> {
    const [line] = await Promise.race([once(this.#lines, 'line'), this.#silence]);
    const port = LISTENING.exec(line ?? '')?.[1];
    return port === undefined ? this.#complaint : Number(port);
  }

  /** Ends its input. @returns what it complained of, once it has said its last line. */
  async stop(): Promise<string> {
    this.#process.stdin?.end();
    await this.#silence;
    return this.#complaint;
  }

  /** As Ctrl+C does where the terminal itself sees it. @returns the same. */
  async interrupt(): Promise<string> {
    this.#process.kill('SIGINT');
    await this.#silence;
    return this.#complaint;
  }
}
