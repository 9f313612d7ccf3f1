/** The log for programs: one JSON object per line (JSON Lines), each with its time and event. */
import { Buffer } from 'node:buffer';
import { INVISIBLE_IN_JSON } from '../../terminal/escapes.ts';
import type { LogEvent, LogFormat, Traffic, TrafficFormat } from './log-format.ts';

/**
 * PIPE_BUF less the text around it: a line must fit into one write to a pipe, or the lines of several
 * threads mix.
 */
const MOST_TEXT_BYTES = 3900;

/** This many bytes always fit: one byte may take six characters, as \u001b does. */
const SURE_BYTES = MOST_TEXT_BYTES / 6;

export class JsonFormat implements LogFormat {
  stamp(): string {
    return `{"time":"${new Date().toISOString()}",`;
  }

  /** Without the first brace, which is in the stamp. */
  line(event: LogEvent): string {
    return JSON.stringify(event).slice(1);
  }

  dropped(lines: number): string {
    return `"event":"dropped","lines":${lines}}`;
  }

  traffic(traffic: Traffic, socket: number): TrafficFormat {
    return {
      before: Buffer.from(`"event":"${traffic}","socket":${socket},`),
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
