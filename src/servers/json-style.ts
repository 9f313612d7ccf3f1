/** The display for programs: an object a line (JSON Lines), each with its time and event. */
import { Buffer } from 'node:buffer';
import type { DisplayEvent, Said } from './display-events.ts';
import type { DisplayStyle, SaidStyle } from './display-style.ts';

/** Bytes shown of what was said: a whole message; of an echo's piece it may be a part. */
const SHOWN_BYTES = 4096;

/** A character may take six times its byte: \u001b. */
const MOST_BYTES = 6 * SHOWN_BYTES + 64;

/** What JSON leaves as it is, and a terminal might obey. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

export class JsonStyle implements DisplayStyle {
  stamp(): string {
    return `{"time":"${new Date().toISOString()}",`;
  }

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
      mostBytes: MOST_BYTES,
      write: writeText,
    };
  }
}

function writeText(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  const shown = bytes.toString('utf8', start, Math.min(end, start + SHOWN_BYTES));
  const text = JSON.stringify(shown).replace(UNPRINTABLE, escaped);
  return at + target.write(`"bytes":${end - start},"text":${text}`, at);
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}
