/** Who is compared: our four servers, and the rivals that can be had on this machine. */
import { execPath } from 'node:process';
import { BUILT } from './paths.ts';
import type { Tools } from './tools.ts';

export type Conversation = 'echo' | 'calculator';

export interface Contender {
  readonly name: string;
  readonly conversation: Conversation;
  /** Program and arguments; it prints "listening on …:PORT". */
  readonly command: readonly string[];
  /** Clients it can serve at a time. */
  readonly most: number;
}

const CLI = 'dist/cli.js';
const MANY = 10_000;
/** A little below server2's own limit. */
const THREADS = 250;
/** What Python's select(2) and a process a client are asked for here. */
const SOME = 500;

/** One of our servers; `--quiet` unless its display is measured. */
export function ours(name: string, display = false): Contender {
  const quiet = display ? [] : ['--quiet'];
  return {
    name,
    conversation: name === 'server4' ? 'echo' : 'calculator',
    command: [execPath, CLI, name, ...quiet, '127.0.0.1', '0'],
    most: { server1: 1, server2: THREADS }[name] ?? MANY,
  };
}

function rivals(conversation: Conversation, tools: Tools): Contender[] {
  const rival = (name: string, most: number, ...command: string[]) => ({
    name,
    conversation,
    command,
    most,
  });
  const python = (name: string, file: string) =>
    rival(name, SOME, 'python3', `bench/rivals/${file}.py`, conversation);
  return [
    ...(tools.cc ? [rival('C select', MANY, `${BUILT}/c-select-${conversation}`)] : []),
    ...(tools.python3 ? [python('Python select', 'python-select')] : []),
    ...(tools.python3 && conversation === 'calculator'
      ? [python('Python threads', 'python-threads')]
      : []),
    rival('node:net', MANY, execPath, `${BUILT}/node-net.js`, conversation),
  ];
}

const SOCAT_LISTEN = 'TCP4-LISTEN:0,bind=127.0.0.1,reuseaddr,fork,backlog=511,nodelay';

/** A process a client: more than 50 of them say nothing about servers. */
function socat(tools: Tools): Contender[] {
  if (!tools.socat || !tools.bc) return [];
  const command = ['socat', '-d', '-d', SOCAT_LISTEN, 'EXEC:bc -q'];
  return [{ name: 'socat + bc', conversation: 'calculator', command, most: 50 }];
}

export function allContenders(tools: Tools): Contender[] {
  return [
    ours('server4'),
    ...rivals('echo', tools),
    ours('server3'),
    ours('server2'),
    ours('server1'),
    ...rivals('calculator', tools),
    ...socat(tools),
  ];
}
