/** The pages of documentation, and the contents of their fences. */
import { readdirSync, readFileSync } from 'node:fs';

export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs')
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

export function textOf(page: string): string {
  return readFileSync(page, 'utf8');
}

export interface Fence {
  readonly page: string;
  /** The word after the opening fence: `console`, `ts`. */
  readonly kind: string;
  readonly text: string;
}

export function fences(): Fence[] {
  return PAGES.flatMap(page =>
    [...textOf(page).matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
      page,
      kind,
      text,
    })),
  );
}
