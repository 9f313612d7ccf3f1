/**
 * Bundles the source for dist/, one file for each command: to find, read and link some twenty small
 * modules takes Node longer than to run them. What is imported dynamically is a bundle of its own,
 * so that a command loads what it needs and nothing else; a few lines are in several of them.
 */
import { join, relative, sep } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** What the package exports. */
const LIBRARIES = ['src/calculator/calculate.ts', 'src/sockets/index.ts'];

/** The command line, and whatever it imports dynamically. */
const MODULES = [
  'src/cli.ts',
  'src/try/try.ts',
  'src/judge/check-command.ts',
  'src/chat/client-command.ts',
  'src/completion/completion-command.ts',
  'src/server1.ts',
  'src/server2.ts',
  'src/server3.ts',
  'src/server4.ts',
  'src/sockets/system-calls.ts',
];

/** CommonJS: a thread loads one file of it 10 % sooner than as a module. */
const THREADS = ['src/serving/threads/client-thread.ts'];

const ownBundleForDynamicImports: Plugin = {
  name: 'own-bundle-for-dynamic-imports',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const source = relative('.', join(resolveDir, path)).replaceAll(sep, '/');
      if (!MODULES.includes(source)) return { errors: [{ text: `${source} is not in MODULES` }] };
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
  await build({ ...common, entryPoints: [...LIBRARIES, ...MODULES], format: 'esm' });
  await build({
    ...common,
    entryPoints: THREADS,
    outbase: 'src/serving/threads',
    format: 'cjs',
    // CommonJS has none. limits.ts asks for it, in a function that only the main thread calls.
    define: { 'import.meta.url': '""' },
    outExtension: { '.js': '.cjs' },
  });
}
