/**
 * The FFI (foreign function interface) calls functions of the C library. Only this file imports
 * koffi, so another FFI could take its place.
 */
import koffi from 'koffi';

/** All that is loaded into the process: the C library and, as a part of Node, libuv. */
export const libc: ReturnType<typeof koffi.load> = koffi.load(null);

/** Words of 32 bits in a `long` of C. */
export const LONG_WORDS = koffi.sizeof('long') / 4;

/** The kernel's own result: 0 or more, or -errno. No other call may come in between. */
export const withErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);
