/** One item's try: what it started and opened, all of which ends with it. */
import type { Connection } from './connection.ts';
import { cannotStart, NeverListened } from './failure.ts';
import { START_MS } from './limits.ts';
import { freePort, isListening } from './port.ts';
import { type Command, Program, type StartOptions } from './program.ts';
import { eventually } from './waiting.ts';

/** How often the system is asked whether the program listens: less often, the longer it takes. */
const LOOK_MS = 20;
const LOOK_SHARE = 0.1;

export class Trial {
  readonly command: Command;
  readonly programs: Program[] = [];
  readonly #connections: Connection[] = [];

  constructor(command: Command) {
    this.command = command;
  }

  get connections(): Connection[] {
    return this.#connections;
  }

  /** Starts the program without waiting for anything. */
  launch(options: StartOptions): Program {
    const program = new Program(this.command, options);
    this.programs.push(program);
    return program;
  }

  /** Starts the program on a port, a free one if not told, and waits until it listens there. */
  async startListening(
    options: Partial<StartOptions> = {},
  ): Promise<{ program: Program; port: number }> {
    const port = options.port ?? (await freePort());
    const program = this.launch({ ...options, port });
    const started = Date.now();
    while (!(await isListening(port))) {
      const waited = Date.now() - started;
      if (program.ended && program.startError) throw cannotStart(program.ended, program.startError);
      if (program.ended || waited > START_MS) {
        throw new NeverListened({
          sent: `the start, with port ${port}`,
          expected: 'that it listens on that port',
          came: program.ended ? `it ${program.ended}` : `nothing within ${START_MS / 1000} s`,
          late: program.ended === undefined,
        });
      }
      const pause = Math.max(LOOK_MS, LOOK_SHARE * waited);
      await eventually(() => program.ended !== undefined, pause);
    }
    return { program, port };
  }

  async end(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const program of this.programs) await program.end();
  }
}
