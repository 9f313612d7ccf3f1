/** What the client prints: a session for a person, or replies for another program to read. */
import { type Colours, coloursFor } from '../terminal/colours.ts';
import type { ClientOptions } from './client-options.ts';
import type { Exchange } from './client-session.ts';
import type { Prompt } from './prompt.ts';

export interface Presenter {
  onConnected(): void;
  onSent(line: string): void;
  onReply(exchange: Exchange): void;
  /** The server sent text that is no reply to the last line. */
  onUnsolicited(text: string, isLate: boolean): void;
  /** A message of the client itself. */
  onNotice(text: string): void;
  /** A line of another program's log. */
  onLog(line: string): void;
}

type Print = (line: string) => void;

/** Error replies of our servers, and of most others, begin with this word. */
export function isError(reply: string): boolean {
  return /^error\b/i.test(reply);
}

/** @param prompt is there when a session is shown. */
export function presenterFor(options: ClientOptions, prompt: Prompt | undefined): Presenter {
  const { shows, output, errors, colour } = options;
  if (prompt) return sessionPresenter(prompt, coloursFor(output, colour));
  const print: Print = line => output.write(`${line}\n`);
  const printError: Print = line => errors.write(`${line}\n`);
  if (shows === 'json') return jsonPresenter(print, printError);
  return replyPresenter(print, printError);
}

/**
 * The session as a terminal shows it. The server's text gets no colour, so that a script that waits
 * for `Server replied: 66` on a terminal finds exactly these bytes.
 */
function sessionPresenter(prompt: Prompt, { faint }: Colours): Presenter {
  const print: Print = line => prompt.print(line);
  return {
    onConnected: () => print('Connected to server'),
    onSent: line => prompt.onSent(line),
    onReply: ({ reply, isDoubtful }) =>
      print(`Server replied${isDoubtful ? ', perhaps to an earlier line' : ''}: ${reply}`),
    onUnsolicited: (text, isLate) => print(`Server ${isLate ? 'replied late' : 'says'}: ${text}`),
    onNotice: text => print(faint(`(${text})`)),
    onLog: print,
  };
}

/** Only the replies. */
function replyPresenter(print: Print, printError: Print): Presenter {
  return {
    onConnected: () => {},
    onSent: () => {},
    onReply: ({ reply }) => print(reply),
    onUnsolicited: printError,
    onNotice: () => {},
    onLog: () => {},
  };
}

/** One JSON object per request; docs/client.md names the fields. */
function jsonPresenter(print: Print, printError: Print): Presenter {
  return {
    ...replyPresenter(print, printError),
    onReply: ({ message, reply, at, milliseconds }) =>
      print(
        JSON.stringify({
          at,
          message,
          reply,
          error: isError(reply),
          milliseconds: Number(milliseconds.toFixed(3)),
        }),
      ),
  };
}
