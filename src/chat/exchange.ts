/** A line that was sent, and what came back for it. */
export interface Exchange {
  readonly message: string;
  readonly reply: string;
  /** When it was sent. */
  readonly at: Date;
  /** From sending it to the end of the reply. */
  readonly milliseconds: number;
  /** The reply may as well be a late one, to an earlier line. */
  readonly isDoubtful: boolean;
}

/** Ours begin so, and most others'. */
const ERROR = /^error\b/i;
const ERROR_LINE = /^error\b/im;

export function isError(reply: string): boolean {
  return ERROR.test(reply);
}

export function hasErrorLine(replies: string): boolean {
  return ERROR_LINE.test(replies);
}
