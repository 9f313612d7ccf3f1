/** The display for programs: an object a line (JSON Lines), each with its time and event. */
import { Buffer } from 'node:buffer';
import { INVISIBLE_IN_JSON } from '../../terminal/escapes.ts';
import type { DisplayEvent, Said } from './log-events.ts';
import type { DisplayStyle, SaidStyle } from './log-style.ts';

/**
 * A line fits one write to a pipe, so that lines of several threads do not mix: PIPE_BUF less what
 * stands around the text.
 */
const MOST_TEXT_BYTES = 3900;

/** So many bytes fit in any case: a character may take six times its byte, as \u001b does. */
const SURE_BYTES = MOST_TEXT_BYTES / 6;

export class JsonStyle implements DisplayStyle {
  stamp(): string {
    return `{"time":"${new Date().toISOString()}",`;
  }

  /** Without the brace that its stamp begins with. */
  line(event: DisplayEvent): string {
    return JSON.stringify(event).slice(1);
  }

  dropped(lines: number): string {
    return `"event":"dropped","lines":${lines}}`;
  }

  said(who: Said, socket: number): SaidStyle {
    return {
      before: Buffer.from(`"event":"${who}","socket":${socket},`),
      after: Buffer.from('}\n'),
      mostBytes: MOST_TEXT_BYTES + 64,
      write: writeText,
    };
  }
}

function writeText(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  let text = quoted(bytes, start, Math.min(end, start + MOST_TEXT_BYTES));
  if (Buffer.byteLength(text) > MOST_TEXT_BYTES) text = quoted(bytes, start, start + SURE_BYTES);
  return at + target.write(`"bytes":${end - start},"text":${text}`, at);
}

function quoted(bytes: Buffer, start: number, end: number): string {
  return JSON.stringify(bytes.toString('utf8', start, end)).replace(INVISIBLE_IN_JSON, escaped);
}

function escaped(character: string): string {
  if (character.length === 1) return unitEscape(character, 0);
  return unitEscape(character, 0) + unitEscape(character, 1);
}

function unitEscape(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}
