/** What a calculation may be, so that none takes long and every reply fits a buffer. */

/** Most digits on either side of the decimal point. */
export const MAX_DIGITS = 1000;

/** Deepest nesting of parentheses and signs. */
export const MAX_NESTING = 200;
