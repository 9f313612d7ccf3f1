/** Leaves a run's results in bench/results/: data, tables and pictures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { goalTable } from './goals.ts';
import { RESULTS } from './paths.ts';
import { allPlots } from './plots.ts';
import type { Results } from './results.ts';
import { allTables, head } from './tables.ts';

/** Also prints the tables. */
export async function writeResults(results: Results): Promise<void> {
  const tables = `${head(results)}\n${allTables(results)}\n${goalTable(results)}`;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}/results.json`, `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(`${RESULTS}/tables.md`, tables);
  for (const [name, svg] of Object.entries(await allPlots(results))) {
    writeFileSync(`${RESULTS}/${name}.svg`, svg);
  }
  console.log(tables);
}
