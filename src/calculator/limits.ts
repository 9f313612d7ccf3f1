/** What a calculation may be, so that none takes long and every reply fits a buffer. */

/** Most digits on either side of the decimal point. */
export const MAX_DIGITS = 1000;

/** Deepest nesting of parentheses. */
export const MAX_NESTING = 200;

/**
 * Most work a calculation may take, in the units of work.ts. Measured: the dearest messages that
 * bench/calculator-worst.ts finds take half of the 5 ms a client may keep the others waiting.
 */
export const MAX_WORK = 2_000_000;
