/**
 * The tests that start no process of calcd, all in this one: to start Node and tsx takes longer than
 * most of them. Each is a file of its own that runs alone too.
 */
import { readdirSync } from 'node:fs';

const HERE = new URL('.', import.meta.url);

for (const file of readdirSync(HERE, { recursive: true, encoding: 'utf8' }).sort()) {
  if (file.endsWith('.unit.ts')) await import(`./${file}`);
}
