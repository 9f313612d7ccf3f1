/**
 * Replies, for a client that has to work with any server of this kind: where a reply ends, and which
 * line it belongs to. Our servers end each reply with LF. Most others send the bare text, so until a
 * reply has ended with LF, a pause ends it too.
 */
import { StringDecoder } from 'node:string_decoder';
import { displayable } from '../terminal/escapes.ts';

/** A reply without LF is complete when nothing more has come for this long. */
export const REPLY_PAUSE_MS = 50;

/**
 * The most that is kept of a reply, in bytes or characters. The longest result has a few thousand
 * digits, and a help text some kilobytes. A server that sends more is broken and would fill the memory.
 */
export const LONGEST_REPLY = 1024 * 1024;

const TRUNCATED = '… (truncated: longer than 1 MiB)';

const NUL = 0x00;
const LF = 0x0a;

/** Turns received bytes into replies. What follows a NUL in the same receive is padding. */
export class ReplyReader {
  readonly #decoder = new StringDecoder('utf8');
  /** Pieces, because appending to one text and looking at its end would copy it each time. */
  #pieces: string[] = [];
  #length = 0;
  #isTruncated = false;
  #serverSendsLineFeeds = false;

  /** Whether a pause of REPLY_PAUSE_MS would complete a reply now. */
  get endsAtPause(): boolean {
    return this.#isTruncated || (this.#length > 0 && !this.#serverSendsLineFeeds);
  }

  /** Whether the last reply was truncated and its end is still to come. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Whether a part of a reply has come and its end has not. */
  get hasBegun(): boolean {
    return this.#length > 0 || this.#isTruncated;
  }

  /**
   * @returns the reply if these bytes complete it, or make it too long: then it is truncated.
   * @param isReply whether a reply is due: the line end of a greeting does not show how replies end.
   */
  receive(bytes: Buffer, isReply = true): string | undefined {
    const padding = bytes.indexOf(NUL);
    this.#append(this.#decoder.write(padding < 0 ? bytes : bytes.subarray(0, padding)));
    const endsWithLineFeed = padding < 0 ? bytes.at(-1) === LF : bytes[padding - 1] === LF;
    if (endsWithLineFeed && isReply) this.#serverSendsLineFeeds = true;
    if (endsWithLineFeed || padding > 0) return this.flush();
    return this.#length > LONGEST_REPLY ? this.#truncate() : undefined;
  }

  /** To be called at a pause or when the server closes. @returns what has come since the last reply. */
  flush(): string | undefined {
    this.#append(this.#decoder.end());
    const text = this.#take();
    this.#isTruncated = false;
    return text === '' ? undefined : displayable(text);
  }

  #append(text: string): void {
    if (this.#isTruncated || text === '') return;
    this.#pieces.push(text);
    this.#length += text.length;
  }

  #take(): string {
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  /** The rest, up to the end of the reply, is dropped. */
  #truncate(): string {
    this.#isTruncated = true;
    return displayable(this.#take().slice(0, LONGEST_REPLY)) + TRUNCATED;
  }
}

/**
 * Calls back when the server has sent nothing for some time. While this process had no processor,
 * bytes may have come that Node reads only after the timers that are due. So when the timer fires,
 * the socket gets one more chance before the call.
 */
export class PauseTimer {
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  restart(milliseconds: number, onPause: () => void): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.#immediate = setImmediate(onPause);
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }
}

/**
 * Replies that the user stopped waiting for, and that may still come. If the server is only slow, the
 * next reply belongs to the abandoned line. If it never answers what it does not understand, the next
 * reply belongs to the newest line. The client cannot know which, so it marks the reply as doubtful.
 */
export class LateReplies {
  readonly #timeoutMs: number;
  /** For each abandoned reply, the time until which it may come, as `performance.now` counts. */
  readonly #deadlines: number[] = [];

  /** @param timeoutMs an abandoned reply is not expected any more after this time. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  abandon(now = performance.now()): void {
    this.#deadlines.push(now + this.#timeoutMs);
  }

  /**
   * Splits a text into the late replies and the reply that is due: a server that was busy sends all
   * of them at once, one per line.
   */
  split(
    text: string,
    now = performance.now(),
  ): { late: string[]; reply: string; isDoubtful: boolean } {
    const expected = this.#areExpected(now) ? this.#deadlines.length + 1 : 1;
    const lines = text.split('\n');
    if (expected === 1 || lines.length !== expected) {
      return { late: [], reply: text, isDoubtful: expected > 1 };
    }
    this.#deadlines.length = 0;
    return { late: lines.slice(0, -1), reply: lines.at(-1) as string, isDoubtful: false };
  }

  /** The server sent text while no reply was due. @returns whether it is a late reply. */
  take(now = performance.now()): boolean {
    const isLate = this.#areExpected(now);
    this.#deadlines.shift();
    return isLate;
  }

  #areExpected(now: number): boolean {
    while (this.#deadlines[0] !== undefined && this.#deadlines[0] < now) this.#deadlines.shift();
    return this.#deadlines.length > 0;
  }
}
