/**
 * Every wrong program against every check, as a table: `npm run test:check`. It takes some minutes;
 * `npm run test:judgement` runs only a few checks on each program.
 */
import { endProgramsAtExit } from '../../src/judge/program/tested-program.ts';
import { DEFECTS } from './defects.ts';
import { failed, resultsOf, words } from './run-program.ts';

/** A pattern for the files of the programs. */
const wanted = new RegExp(process.argv[2] ?? '');
endProgramsAtExit();
let wrong = 0;
process.stdout.write('| program | failed | skipped | seconds | |\n|---|---|---|---|---|\n');
for (const { file, role, fails } of DEFECTS.filter(defect => wanted.test(defect.file))) {
  const started = Date.now();
  const program = await resultsOf(role, words(`wrong/${file}`));
  const found = failed(program);
  const skipped = program.results.filter(({ status }) => status === 'skipped').length;
  const asExpected = [...fails].sort().join() === found.toSorted().join();
  if (!asExpected) wrong++;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const comment = asExpected ? 'as expected' : `expected ${fails.join(', ')}`;
  process.stdout.write(
    `| ${role} ${file} | ${found.join(', ') || 'nothing'} | ${skipped} | ${seconds} | ${comment} |\n`,
  );
}
process.exit(wrong === 0 ? 0 : 1);
