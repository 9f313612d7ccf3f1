/** The imports of every file in src, as a parser sees them: types and dynamic ones included. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  /** A file in src, relative to it, or the name of a package or of Node's module: `node:net`. */
  readonly of: string;
  /** Loaded when it is asked for, if ever. */
  readonly dynamic: boolean;
}

/** From a file, relative to src, to what it imports. */
export type Imports = ReadonlyMap<string, readonly Import[]>;

export function importsOfSource(): Imports {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return new Map(files.filter(file => file.endsWith('.ts')).map(file => [file, importsOf(file)]));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join('src', file), 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const fixed = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(e => e.moduleRequest?.value ?? [])),
  ];
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) =>
    text.slice(start + 1, end - 1),
  );
  const resolve = (specifier: string): string =>
    specifier.startsWith('.') ? join(dirname(file), specifier) : specifier;
  return [
    ...fixed.map(specifier => ({ of: resolve(specifier), dynamic: false })),
    ...dynamic.map(specifier => ({ of: resolve(specifier), dynamic: true })),
  ];
}
