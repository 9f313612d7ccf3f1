/** What is shown of a conversation: to a person, or as input for another program. */
import { type Colours, coloursFor } from '../terminal/colours.ts';
import { type Exchange, isError } from './exchange.ts';
import type { ClientOptions } from './options.ts';
import { PlainPrompt } from './plain-prompt.ts';
import type { Prompt } from './prompt.ts';

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

/** @param prompt is there for a session. */
export function chooseTranscript(
  options: ClientOptions,
  prompt: Prompt | PlainPrompt | undefined,
): Transcript {
  const { shows, output, errors, colour } = options;
  const colours = coloursFor(output, colour);
  if (prompt) return sessionTranscript(prompt, colours);
  const print: Print = line => output.write(`${line}\n`);
  const printError: Print = line => errors.write(`${line}\n`);
  if (shows === 'json') return jsonTranscript(print, printError);
  return quietTranscript(print, printError);
}

/**
 * The session as a terminal shows it. What a server says has no colour: a script that waits for
 * `Server replied: 66` on a terminal finds these bytes.
 */
function sessionTranscript(prompt: Prompt | PlainPrompt, { faint }: Colours): Transcript {
  const print: Print = line => prompt.print(line);
  return {
    connected: () => print('Connected to server'),
    asked: line => {
      if (prompt instanceof PlainPrompt) prompt.answered(line);
    },
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
