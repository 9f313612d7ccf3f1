/**
 * Where a reply ends, for a client that has to talk with any server of this kind. Ours end replies
 * with LF; most others send the bare text, so until a reply has ended with LF, a pause ends it too.
 * What lies behind a NUL is padding. A reply that does not end is cut, and its rest is dropped.
 */
import { StringDecoder } from 'node:string_decoder';
import { displayable } from './displayable.ts';

/** How long a reply without LF must have been silent to be taken as complete. */
export const REPLY_PAUSE_MS = 50;

/**
 * Bytes of a reply, or characters of it, of which there are not more. The longest value is a few
 * thousand digits, and a help text some kilobytes; a server that sends more has lost its way, and
 * would fill the memory.
 */
export const LONGEST_REPLY = 1024 * 1024;

/** Stands at the end of a reply that was cut. */
const CUT = '… (cut: longer than 1 MiB)';

const NUL = 0x00;
const LF = 0x0a;

export class ReplyReader {
  #decoder = new StringDecoder('utf8');
  /** In pieces, because to append to one text and to look at its end each time would copy it. */
  #pieces: string[] = [];
  #length = 0;
  #isCut = false;
  #serverSendsLineFeeds = false;

  /** Whether a pause of REPLY_PAUSE_MS would complete a reply now. */
  get unfinished(): boolean {
    return this.#isCut || (this.#length > 0 && !this.#serverSendsLineFeeds);
  }

  /** Whether the last reply was cut, and its end is still to come. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether the end of a reply is still to come. */
  get hasBegun(): boolean {
    return this.#length > 0 || this.#isCut;
  }

  /**
   * Takes what was received. @returns the reply, when it completes one, or when it is cut.
   * @param isReply whether a reply is due: a greeting's line end says nothing about the replies.
   */
  receive(bytes: Buffer, isReply = true): string | undefined {
    const padding = bytes.indexOf(NUL);
    this.#append(this.#decoder.write(padding < 0 ? bytes : bytes.subarray(0, padding)));
    const endsWithLineFeed = padding < 0 ? bytes.at(-1) === LF : bytes[padding - 1] === LF;
    if (endsWithLineFeed && isReply) this.#serverSendsLineFeeds = true;
    if (endsWithLineFeed || padding > 0) return this.finish();
    return this.#length > LONGEST_REPLY ? this.#cut() : undefined;
  }

  /** The server paused, or closed. @returns what it had said since the last reply, if anything. */
  finish(): string | undefined {
    this.#append(this.#decoder.end());
    const text = this.#take();
    this.#isCut = false;
    return text === '' ? undefined : displayable(text);
  }

  #append(text: string): void {
    if (this.#isCut || text === '') return;
    this.#pieces.push(text);
    this.#length += text.length;
  }

  #take(): string {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  /** What follows, up to the end of the reply, is dropped. */
  #cut(): string {
    this.#isCut = true;
    return displayable(this.#take().slice(0, LONGEST_REPLY)) + CUT;
  }
}
