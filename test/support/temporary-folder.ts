import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './scope.ts';

/** A new empty folder that ends with the test. */
export function temporaryFolder(test: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), 'calcd-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
