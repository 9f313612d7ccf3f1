import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platform } from 'node:process';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LOG_BACKLOG_BYTES } from '../../src/serving/limits.ts';
import { calcd } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { Peer } from '../support/peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { Command, Report } from './fixtures/printer.ts';

const PRINTER = fileURLToPath(new URL('./fixtures/printer.ts', import.meta.url));
/** For all that one printer is told to do, on a machine that may have others to serve. */
const DEADLINE_MS = 120_000;
const FLOOD = 20_000;
const LINE_BYTES = 100;
const PIPE_BYTES = 64 * 1024;
/** What may wait beside the backlog: the lines of one more flush. */
const SLACK_BYTES = 64 * LINE_BYTES;

/** A process that prints what it is told to. */
class Printer {
  readonly process: ChildProcess;
  readonly #ended: Promise<never>;

  /** @param words of a shell command that ends in running "$0" "$@". */
  constructor(words: string, stdout: 'pipe' | 'ignore') {
    this.process = spawn('sh', ['-c', words, process.execPath, '--import', 'tsx', PRINTER], {
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    this.#ended = once(this.process, 'exit').then(([code, signal]) => {
      throw new Error(`the printer ended: ${code ?? signal}`);
    });
    this.#ended.catch(() => {});
  }

  /** Fails when the process ends instead, or is stopped at its deadline because it blocks. */
  async do(command: Command): Promise<Report> {
    const message = once(this.process, 'message');
    this.process.send(command);
    const [report] = await Promise.race([message, this.#ended]);
    return report as Report;
  }
}

/** The reading end of a pipe, open before anybody writes. */
class Reader {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(PIPE_BYTES);
  readonly #chunks: Buffer[] = [];

  constructor(path: string) {
    this.#fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  }

  /** Reads while something is being done, and then what is left. */
  async during<T>(work: Promise<T>): Promise<T> {
    let working = true;
    const stop = (): void => {
      working = false;
    };
    work.then(stop, stop);
    while (working) {
      this.#readAll();
      await turn();
    }
    this.#readAll();
    return work;
  }

  lines(): string[] {
    return linesOf(Buffer.concat(this.#chunks).toString());
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  #readAll(): void {
    try {
      for (;;) {
        const received = fs.readSync(this.#fd, this.#buffer);
        if (received === 0) return;
        this.#chunks.push(Buffer.from(this.#buffer.subarray(0, received)));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function linesOf(shown: string): string[] {
  assert(shown === '' || shown.endsWith('\n'), 'the last line is not whole');
  return shown.split('\n').slice(0, -1);
}

/** The line's number, or, of a note, how many lines were not shown. */
function parse(line: string): { number?: number; notShown?: number } {
  const number = /^line (\d+) \.+$/.exec(line)?.[1];
  if (number !== undefined && line.length === LINE_BYTES - 1) return { number: Number(number) };
  const notShown = /^\((\d+) lines not logged: they could not be written\)$/.exec(line)?.[1];
  assert(notShown !== undefined, `a broken line: ${line}`);
  return { notShown: Number(notShown) };
}

/** Asserts that lines came in order and each was shown or counted. @returns how many were shown. */
function shownOf(lines: readonly string[], count: number): number {
  let next = 0;
  let shown = 0;
  let notShown = 0;
  for (const line of lines) {
    const parsed = parse(line);
    notShown += parsed.notShown ?? 0;
    if (parsed.number === undefined) continue;
    assert(parsed.number >= next, `line ${parsed.number} came after line ${next - 1}`);
    next = parsed.number + 1;
    shown++;
  }
  assert.equal(shown + notShown, count, `${shown} shown, ${notShown} counted`);
  return shown;
}

describe('output', () => {
  const directory = fs.mkdtempSync(join(tmpdir(), 'calcd-output-'));
  const file = join(directory, 'file');
  const pipe = join(directory, 'pipe');
  const printer = new Printer('exec "$0" "$@"', 'pipe');
  const closed = new Printer('exec "$0" "$@" >&-', 'ignore');

  before(() => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  });
  after(() => {
    printer.process.kill('SIGKILL');
    closed.process.kill('SIGKILL');
    fs.rmSync(directory, { recursive: true });
  });

  // The first test, for the output of the child is a socket when it starts.
  test('a socket that is not read never blocks, and its lines come or are counted later', async () => {
    assert.equal((await printer.do({ print: FLOOD })).stalled, true);
    const shown = text(printer.process.stdout as NodeJS.ReadableStream);
    await printer.do({ drain: true });
    await printer.do({ print: 1 });
    // It is the last one to hold the socket open: now the stream ends.
    await printer.do({ stdout: '/dev/null' });
    shownOf(linesOf(await shown), FLOOD + 1);
  });

  test('a blocking socket that is not read never blocks either', async t => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const connected = once(server, 'connection');
    await printer.do({ stdoutPort: (server.address() as AddressInfo).port });
    const [socket] = await connected;
    const lines = 5 * FLOOD;
    assert.equal((await printer.do({ print: lines })).stalled, true);
    const shown = text(socket);
    await printer.do({ drain: true });
    await printer.do({ print: 1 });
    await printer.do({ stdout: '/dev/null' });
    shownOf(linesOf(await shown), lines + 1);
  });

  test('a pipe that is not read never blocks, the backlog is bounded, lines are counted', async () => {
    const reader = new Reader(pipe);
    await printer.do({ stdout: pipe });
    assert.equal((await printer.do({ print: FLOOD })).stalled, true);
    assert.equal((await reader.during(printer.do({ drain: true }))).stalled, false);
    await reader.during(printer.do({ print: 1 }));
    const lines = reader.lines();
    reader.close();
    const shown = LINE_BYTES * shownOf(lines, FLOOD + 1);
    assert(lines.some(line => parse(line).number === FLOOD));
    assert(shown >= LOG_BACKLOG_BYTES, `only ${shown} bytes were kept`);
    assert(shown <= PIPE_BYTES + LOG_BACKLOG_BYTES + SLACK_BYTES, `${shown} bytes were kept`);
  });

  test('a pipe that is read gets every line', async () => {
    const reader = new Reader(pipe);
    await printer.do({ stdout: pipe });
    for (let count = 0; count < 10; count++) {
      await reader.during(printer.do({ print: FLOOD / 10 }));
      await reader.during(printer.do({ drain: true }));
    }
    assert.equal(shownOf(reader.lines(), FLOOD), FLOOD);
    reader.close();
  });

  test('a reader that leaves does not end or stall the process', async () => {
    const reader = new Reader(pipe);
    await printer.do({ stdout: pipe });
    assert.equal((await printer.do({ print: FLOOD })).stalled, true);
    reader.close();
    assert.equal((await printer.do({ drain: true })).stalled, false);
    assert.equal((await printer.do({ print: FLOOD })).stalled, false);
  });

  test('a pipe without a reader from the beginning does not either', async () => {
    const reader = new Reader(pipe);
    await printer.do({ stdout: pipe });
    reader.close();
    assert.equal((await printer.do({ print: FLOOD })).stalled, false);
  });

  test('a restarted reader gets the lines that waited for it, and a count of the others', async () => {
    // As long as the pipe is open, it keeps what the tests before left in it.
    await printer.do({ stdout: '/dev/null' });
    const first = new Reader(pipe);
    await printer.do({ stdout: pipe });
    await first.during(printer.do({ print: 10 }));
    first.close();
    assert.equal((await printer.do({ print: FLOOD })).stalled, false);
    const second = new Reader(pipe);
    let printed = 10 + FLOOD;
    await eventually(async () => {
      await second.during(printer.do({ print: 1 }));
      printed++;
      return second.lines().length > 0;
    }, 'lines for the second reader');
    await second.during(printer.do({ drain: true }));
    await second.during(printer.do({ print: 1 }));
    const lines = [...first.lines(), ...second.lines()];
    second.close();
    const shown = LINE_BYTES * shownOf(lines, printed + 1);
    assert(shown >= LOG_BACKLOG_BYTES, `only ${shown} bytes were kept`);
    assert(shown <= LOG_BACKLOG_BYTES + 2 * SLACK_BYTES, `${shown} bytes were kept`);
  });

  test('a file gets every line', async () => {
    await printer.do({ stdout: file });
    assert.equal((await printer.do({ print: FLOOD })).stalled, false);
    assert.equal(shownOf(linesOf(fs.readFileSync(file, 'utf8')), FLOOD), FLOOD);
  });

  const skip = platform !== 'linux' && 'this system has no /dev/full';
  test('a full disk does not end or stall the process', { skip }, async () => {
    await printer.do({ stdout: '/dev/full' });
    assert.equal((await printer.do({ print: FLOOD })).stalled, false);
  });

  test('what a disk did not take while it was full is counted later', async () => {
    await printer.do({ stdout: file });
    await printer.do({ print: 10 });
    await printer.do({ writesFail: 'ENOSPC' });
    await printer.do({ print: 120 });
    await printer.do({ print: 1 });
    await printer.do({ writesFail: null });
    await printer.do({ print: 10 });
    assert.equal(shownOf(linesOf(fs.readFileSync(file, 'utf8')), 141), 20);
  });

  test('a note that was written before the disk was full again is not counted again', async () => {
    await printer.do({ stdout: file });
    await printer.do({ writesFail: 'ENOSPC' });
    await printer.do({ print: 120 });
    const note = '(120 lines not logged: they could not be written)\n';
    await printer.do({ writesFail: 'ENOSPC', afterBytes: note.length });
    await printer.do({ print: 10 });
    await printer.do({ writesFail: null });
    await printer.do({ print: 10 });
    assert.equal(shownOf(linesOf(fs.readFileSync(file, 'utf8')), 140), 10);
  });

  test('a closed stdout does not end or stall the process', async () => {
    assert.equal((await closed.do({ print: FLOOD })).stalled, false);
  });
});

const linuxOnly = { skip: platform !== 'linux' && 'looks into /proc', timeout: DEADLINE_MS };
test('a server leaves the pipe blocking for the others who share it', linuxOnly, async t => {
  const directory = temporaryFolder(t);
  const pipe = join(directory, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  const reader = new Reader(pipe);
  const writer = fs.openSync(pipe, 'w');
  const server = calcd(t, ['server3', '127.0.0.1', '0'], { stdio: ['ignore', writer, 'pipe'] });
  while (reader.lines().length === 0) await reader.during(turn());
  const info = fs.readFileSync(`/proc/${server.pid}/fdinfo/1`, 'utf8');
  const flags = Number.parseInt(/^flags:\s*(\d+)$/m.exec(info)?.[1] ?? '', 8);
  assert.equal(flags & fs.constants.O_NONBLOCK, 0);
  fs.closeSync(writer);
  reader.close();
});

test(
  'an idle server writes what waited when the reader of its FIFO is restarted',
  linuxOnly,
  async t => {
    const directory = temporaryFolder(t);
    const pipe = join(directory, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    const first = new Reader(pipe);
    const writer = fs.openSync(pipe, 'w');
    calcd(t, ['server3', '127.0.0.1', '0'], { stdio: ['ignore', writer, 'inherit'] });
    fs.closeSync(writer);
    while (first.lines().length < 2) await first.during(turn());
    first.close();
    const peer = await Peer.connect(t, Number(/:(\d+)$/.exec(first.lines()[0] ?? '')?.[1]));
    assert.equal(await peer.ask('22 + 44'), '66');
    const second = new Reader(pipe);
    await eventually(async () => {
      await second.during(turn());
      return second.lines().length === 3;
    }, 'the lines of the client');
    const [connected, message, reply] = second.lines();
    second.close();
    assert.match(connected ?? '', /^Connected with client socket number \d+ /);
    assert.match(message ?? '', /sent message: 22 \+ 44$/);
    assert.match(reply ?? '', /: 66$/);
  },
);
