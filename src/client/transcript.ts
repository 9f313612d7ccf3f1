/** What is shown of a conversation: to a person, or as input for another program. */
import { type Colours, coloursFor } from '../terminal/colours.ts';
import { type Exchange, isError } from './exchange.ts';
import type { ClientOptions } from './options.ts';
import { type AnyPrompt, PROMPT } from './prompt.ts';

export interface Transcript {
  connected(): void;
  /** A line was sent. */
  asked(line: string): void;
  replied(exchange: Exchange): void;
  /** The server spoke without being asked. */
  said(text: string, late: boolean): void;
  /** What the client itself has to say. */
  noticed(text: string): void;
  /** What somebody else has to say. */
  aside(line: string): void;
}

type Print = (line: string) => void;

export function chooseTranscript(
  options: ClientOptions,
  prompt: AnyPrompt | undefined,
): Transcript {
  const { shows, output, errors, colour } = options;
  const colours = coloursFor(output, colour);
  if (prompt) return terminalTranscript(line => prompt.print(line), colours);
  const print: Print = line => output.write(`${line}\n`);
  const printError: Print = line => errors.write(`${line}\n`);
  if (shows === 'json') return jsonTranscript(print, printError);
  if (shows === 'replies') return quietTranscript(print, printError);
  return sessionTranscript(print, colours);
}

/** For a person at the prompt, where what was asked is on the screen already. */
function terminalTranscript(print: Print, colours: Colours): Transcript {
  return { ...sessionTranscript(print, colours), asked: () => {} };
}

/**
 * The session as a terminal would have shown it. What a server says has no colour: a script that waits
 * for `Server replied: 66` on a terminal finds these bytes.
 */
function sessionTranscript(print: Print, { faint }: Colours): Transcript {
  return {
    connected: () => print('Connected to server'),
    asked: line => print(`${PROMPT}${line}`),
    replied: ({ reply, isDoubtful }) =>
      print(`Server replied${isDoubtful ? ', perhaps to an earlier line' : ''}: ${reply}`),
    said: (text, late) => print(`Server ${late ? 'replied late' : 'says'}: ${text}`),
    noticed: text => print(faint(`(${text})`)),
    aside: print,
  };
}

/** Replies alone. */
function quietTranscript(print: Print, printError: Print): Transcript {
  return {
    connected: () => {},
    asked: () => {},
    replied: ({ reply }) => print(reply),
    said: printError,
    noticed: () => {},
    aside: () => {},
  };
}

/** An object a line for each exchange; docs/client.md names the fields. */
function jsonTranscript(print: Print, printError: Print): Transcript {
  return {
    ...quietTranscript(print, printError),
    replied: ({ message, reply, at, milliseconds }) =>
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
