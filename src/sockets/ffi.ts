/**
 * The FFI: functions of the C library, by their C declarations. koffi is imported here and nowhere
 * else, so another FFI could take its place.
 */
import koffi from 'koffi';

/** What is loaded into the process: the C library and, with Node, libuv. */
export const libc: ReturnType<typeof koffi.load> = koffi.load(null);

/** The kernel's own result: 0 or more, or -errno. Use it directly after the call. */
export const withErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);
