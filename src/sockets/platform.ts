/** Where calcd's sockets and servers can run, and the errors for all other places. */

/** The system, or the runtime, lacks what calcd needs. */
class UnsupportedPlatform extends Error {
  override readonly name = 'UnsupportedPlatform';
}

const SYSTEMS: readonly string[] = ['linux', 'darwin'];

/** Throws an UnsupportedPlatform on systems that constants.ts does not know. */
export function requireSystem(): void {
  const { arch, platform } = process; // Importing node:process has effects: see cli.ts.
  if (SYSTEMS.includes(platform)) return;
  const advice = platform === 'win32' ? ' (on Windows: WSL)' : '';
  throw new UnsupportedPlatform(
    `unsupported system: ${platform} on ${arch}; ` +
      `the servers and calcd/sockets need Linux or macOS${advice}`,
  );
}

/**
 * Looks up functions of libuv. Throws an UnsupportedPlatform where there is none: Deno and others
 * lack the functions, Bun has them, and aborts when they are called.
 */
export function fromLibuv<T>(find: () => T): T {
  if (process.versions.bun) throw withoutLibuv('Bun');
  try {
    return find();
  } catch {
    throw withoutLibuv(process.versions.deno ? 'Deno' : 'not Node');
  }
}

function withoutLibuv(runtime: string): UnsupportedPlatform {
  return new UnsupportedPlatform(
    `unsupported runtime: ${runtime}; ` +
      "the servers wait on Node's event loop (libuv): run them with Node 20 or later",
  );
}
