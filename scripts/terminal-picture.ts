/**
 * Draws docs/images/terminals.svg: one server and two clients, as a real run shows them. tmux is the
 * terminal: commands are typed into its panes, and its screens become an SVG with their colours.
 *
 *   npm run picture      needs tmux, and port 5000 to be free
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Screen, terminalsAsSvg } from './terminal-svg.ts';

const FILE = 'docs/images/terminals.svg';
const ADDRESS = '127.0.0.1 5000';
const DEADLINE_MS = 20_000;
const POLL_MS = 50;

/** A socket of its own: this tmux shares nothing with one that is in use. */
function tmux(...words: string[]): string {
  return execFileSync('tmux', ['-L', `calcd-picture-${process.pid}`, '-f', '/dev/null', ...words], {
    encoding: 'utf8',
  });
}

class Terminal {
  readonly #title: string;
  readonly #size: { readonly columns: number; readonly rows: number };

  constructor(title: string, columns: number, rows: number) {
    this.#title = title;
    this.#size = { columns, rows };
    const size = ['-x', String(columns), '-y', String(rows + 1)];
    const shell = ['env', 'PS1=$ ', 'TERM=xterm-256color', 'sh'];
    tmux('new-session', '-d', '-s', title, ...size, ...shell, ';', 'set', 'status', 'off');
  }

  /** Types a line, and waits until the screen ends as expected. */
  async type(line: string, expected: RegExp): Promise<void> {
    tmux('send-keys', '-t', this.#title, '-l', line);
    await this.press('Enter', expected);
  }

  async press(key: string, expected: RegExp): Promise<void> {
    tmux('send-keys', '-t', this.#title, key);
    await this.shows(expected);
  }

  async shows(expected: RegExp): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!expected.test(this.#capture().trimEnd())) {
      if (Date.now() > deadline) throw new Error(`${this.#title}: no ${expected} in time`);
      await sleep(POLL_MS);
    }
  }

  get screen(): Screen {
    const [x, y] = tmux('display', '-p', '-t', this.#title, '#{cursor_x} #{cursor_y}').split(' ');
    const lines = this.#capture('-e').trimEnd().split('\n');
    return { title: this.#title, ...this.#size, lines, cursor: { x: Number(x), y: Number(y) } };
  }

  #capture(...options: string[]): string {
    return tmux('capture-pane', '-p', ...options, '-t', this.#title);
  }
}

const PROMPT = /message to the server:$/;

try {
  const server = new Terminal('server3', 60, 15);
  const one = new Terminal('client 1', 51, 7);
  const other = new Terminal('client 2', 51, 8);
  await server.type(`npx calcd server3 ${ADDRESS}`, /Serving at most/);
  for (const client of [one, other]) await client.type(`npx calcd client ${ADDRESS}`, PROMPT);
  await one.type('22 + 44', /replied: 66\n.*server:$/);
  await other.type('1 / 3', /replied: 0\.3+\n.*server:$/);
  await one.type('0.1 + 0.2', /replied: 0\.3\n.*server:$/);
  await other.type('1 / 0', /division by zero\n.*server:$/);
  await other.press('C-d', /\$$/);
  await server.shows(/disconnected: closed by the client$/);
  mkdirSync('docs/images', { recursive: true });
  const columns = [[server.screen], [one.screen, other.screen]];
  writeFileSync(FILE, terminalsAsSvg(columns, 'One server and two clients in three terminals'));
  console.log(FILE);
} finally {
  tmux('kill-server');
}
