/**
 * Bundles the source for dist/, one file for each command: Node takes longer to find, read and link
 * twenty small modules than to run them. Each dynamic import is a bundle of its own, so a command loads
 * only what it needs. A few lines are in several bundles.
 */
import { join, relative, sep } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** What the package exports. */
const LIBRARIES = ['src/calculator/calculate.ts', 'src/sockets/index.ts'];

const COMMAND_LINE = ['src/cli.ts'];

/** What the command line imports dynamically. */
const COMMANDS = [
  'src/try/try.ts',
  'src/judge/check-command.ts',
  'src/completion/bash.ts',
  'src/completion/fish.ts',
  'src/completion/zsh.ts',
  'src/client.ts',
  'src/server1.ts',
  'src/server2.ts',
  'src/server3.ts',
  'src/server4.ts',
  'src/sockets/system-calls.ts',
];

/** As CommonJS: a thread loads it in 10 % less time than as a module. */
const THREADS = ['src/serving/threads/client-thread.ts'];

/**
 * For commander, which is CommonJS. It would load node:child_process, 2 ms at each start, to run commands
 * that are programs of their own. calcd has none, so a module that is loaded already takes its place.
 */
const COMMANDER: BuildOptions = {
  banner: { js: 'const require = process.getBuiltinModule;' },
  alias: { 'node:child_process': 'node:events' },
};

const ownBundleForDynamicImports: Plugin = {
  name: 'own-bundle-for-dynamic-imports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = relative('.', join(resolveDir, path)).replaceAll(sep, '/');
      if (![...COMMAND_LINE, ...COMMANDS].includes(source)) {
        return { errors: [{ text: `${source} has no bundle` }] };
      }
      return { path: path.replace(/\.ts$/, '.js'), external: true };
    });
  },
};

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['koffi'],
  outbase: 'src',
  outdir: 'dist',
  plugins: [ownBundleForDynamicImports],
  logLevel: 'warning',
};

export async function bundle(): Promise<void> {
  await build({ ...common, ...COMMANDER, entryPoints: COMMAND_LINE, format: 'esm' });
  await build({ ...common, entryPoints: [...LIBRARIES, ...COMMANDS], format: 'esm' });
  await build({
    ...common,
    entryPoints: THREADS,
    outbase: 'src/serving/threads',
    format: 'cjs',
    // CommonJS has none. limits.ts asks for it only to know the source from the build.
    define: { 'import.meta.url': '""' },
    outExtension: { '.js': '.cjs' },
  });
}
