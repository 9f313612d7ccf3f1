/** A server in a process of its own, from its start until it is killed, children and all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import { BUILT, PROJECT } from './paths.ts';

const LISTENING = /listening on .*:(\d+)$/m;
const START_MS = 10_000;

export class RunningServer {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #output: string;

  private constructor(port: number, process: ChildProcess, output: string) {
    this.port = port;
    this.#process = process;
    this.#output = output;
  }

  /** Its output, a display included, goes to a file. */
  static async start({ name, command }: Contender): Promise<RunningServer> {
    const output = `${BUILT}/output.txt`;
    const file = openSync(output, 'w');
    const [program, ...words] = command as [string, ...string[]];
    const child = spawn(program, words, {
      cwd: PROJECT,
      stdio: ['ignore', file, file],
      detached: true,
    });
    closeSync(file);
    const deadline = performance.now() + START_MS;
    let port: string | undefined;
    while (!port) {
      port = LISTENING.exec(readFileSync(output, 'latin1'))?.[1];
      if (performance.now() > deadline || child.exitCode !== null) {
        throw new Error(`${name} does not listen: ${readFileSync(output, 'utf8')}`);
      }
      await sleep(2);
    }
    return new RunningServer(Number(port), child, output);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  async stop(): Promise<void> {
    const exited = new Promise(resolve => this.#process.once('exit', resolve));
    process.kill(-this.pid, 'SIGKILL');
    await exited;
    rmSync(this.#output, { force: true });
  }
}

/** Resident memory of a process in KiB; undefined where /proc does not tell. */
export function residentKiB(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
