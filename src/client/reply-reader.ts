/**
 * Where a reply ends, for a client that has to talk with any server of this kind. Ours end replies
 * with LF; most others send the bare text, so until a reply has ended with LF, a pause ends it too.
 * What lies behind a NUL is padding.
 */
import { StringDecoder } from 'node:string_decoder';
import { displayable } from './displayable.ts';

/** How long a reply without LF must have been silent to be taken as complete. */
export const REPLY_PAUSE_MS = 50;

const NUL = 0x00;

export class ReplyReader {
  #decoder = new StringDecoder('utf8');
  #text = '';
  #serverSendsLineFeeds = false;

  /** Whether a pause of REPLY_PAUSE_MS would complete a reply now. */
  get unfinished(): boolean {
    return this.#text !== '' && !this.#serverSendsLineFeeds;
  }

  /**
   * Takes what was received. @returns the reply, when it completes one.
   * @param isReply whether a reply is due: a greeting's line end says nothing about the replies.
   */
  receive(bytes: Buffer, isReply = true): string | undefined {
    const padding = bytes.indexOf(NUL);
    this.#text += this.#decoder.write(padding < 0 ? bytes : bytes.subarray(0, padding));
    const endsWithLineFeed = this.#text.endsWith('\n');
    if (endsWithLineFeed && isReply) this.#serverSendsLineFeeds = true;
    return endsWithLineFeed || padding > 0 ? this.finish() : undefined;
  }

  /** The server paused, or closed. @returns what it had said since the last reply, if anything. */
  finish(): string | undefined {
    const text = this.#text + this.#decoder.end();
    this.#text = '';
    return text === '' ? undefined : displayable(text);
  }
}
