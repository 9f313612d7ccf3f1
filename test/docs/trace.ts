/** The system calls that strace prints for a server, without what differs from run to run. */

type Calls = Record<string, string[]>;

/**
 * The calls on the listening socket and on each client's socket, in order, such as `main accept4 =
 * CLIENT1`, and each select that found the socket ready. Left out are the check whether a client is
 * still there (MSG_PEEK), whose time varies, and a repeated accept that finds no client.
 * @param trace lines of `strace -f`: `thread call(arguments) = result`.
 */
export function callsIn(trace: string): Calls {
  const lines = mended(trace.trim().split('\n'));
  const names = new Map<string, string>();
  const calls: Calls = {};
  for (const { thread, text } of lines) {
    const who = thread === lines[0]?.thread ? 'main' : 'thread';
    for (const { name, call } of callIn(text, names)) {
      calls[name] ??= [];
      const said = `${who} ${call}`;
      const isRepeated = said.includes('EAGAIN') && calls[name].at(-1) === said;
      if (!isRepeated && !call.includes('MSG_PEEK')) calls[name].push(said);
    }
  }
  return calls;
}

interface Line {
  readonly thread: string;
  readonly text: string;
}

/** A call during which another thread makes a call is printed in two halves: joins them. */
function mended(lines: readonly string[]): Line[] {
  const begun = new Map<string, string>();
  return lines.flatMap(line => {
    const [, thread = '', text = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    const beginning = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (beginning !== undefined) {
      begun.set(thread, beginning);
      return [];
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    return [{ thread, text: rest === undefined ? text : `${begun.get(thread)}${rest}` }];
  });
}

interface Call {
  /** Of the descriptor. */
  readonly name: string;
  readonly call: string;
}

/** @param names of the descriptors; filled from the calls that open them. */
function callIn(text: string, names: Map<string, string>): Call[] {
  const [, call = '', words = '', result = ''] = /^(\w+)\((.*)\)\s+= (\S+ ?\w*)/.exec(text) ?? [];
  if (call.includes('select')) return waitIn(text, names);
  if (call === 'socket') names.set(result, 'LISTENER');
  if (call === 'accept4' && !result.startsWith('-1')) names.set(result, `CLIENT${names.size}`);
  const name = names.get(call === 'socket' ? result : (words.split(',')[0] as string));
  if (!name) return [];
  const more = withoutAddress(words).match(/"[^"]*"|SO_\w+|TCP_\w+|SHUT_\w+|MSG_PEEK/g) ?? [];
  return [{ name, call: `${[call, ...more].join(' ')} = ${names.get(result) ?? result}` }];
}

function withoutAddress(words: string): string {
  return words.replace(/\{.*\}/, '');
}

function waitIn(text: string, names: ReadonlyMap<string, string>): Call[] {
  const ready = /\(in \[([\d ]+)\]/.exec(text)?.[1]?.split(' ') ?? [];
  const known = ready.flatMap(fd => names.get(fd) ?? []);
  return known.map(name => ({ name, call: 'select: ready' }));
}
