/** What is shown of a conversation: to a person, or as input for another program. */
import { PROMPT, type Prompt } from './prompt.ts';

export interface Transcript {
  connected(): void;
  /** A line was sent. */
  asked(line: string): void;
  replied(reply: string): void;
  /** The server spoke without being asked. */
  said(text: string): void;
  /** What the client itself has to say. */
  noticed(text: string): void;
}

type Print = (line: string) => void;

/** For a person at the prompt, where what was asked is on the screen already. */
export function terminalTranscript(prompt: Prompt): Transcript {
  return { ...sessionTranscript(line => prompt.print(line)), asked: () => {} };
}

/** The session as a terminal would have shown it. */
export function sessionTranscript(print: Print): Transcript {
  return {
    connected: () => print('Connected to server'),
    asked: line => print(`${PROMPT}${line}`),
    replied: reply => print(`Server replied: ${reply}`),
    said: text => print(`Server says: ${text}`),
    noticed: text => print(`(${text})`),
  };
}

/** Replies alone. */
export function quietTranscript(print: Print, printError: Print): Transcript {
  return {
    connected: () => {},
    asked: () => {},
    replied: print,
    said: printError,
    noticed: () => {},
  };
}
