/** What a program prints that was not prepared for an error, in the usual languages. */
export const STACK = /^Traceback|^\s+at .+[(:]\d+|panicked at|^Exception in thread/m;
