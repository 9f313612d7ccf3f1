/**
 * Every wrong program against every item, as a table: `npm run test:check`. It takes some minutes;
 * the tests try the same programs on a few items each.
 */
import { endProgramsAtExit } from '../../src/judge/program.ts';
import { DEFECTS } from './defects.ts';
import { failed, judge, words } from './judge.ts';

/** A pattern for the programs wanted. */
const wanted = new RegExp(process.argv[2] ?? '');
endProgramsAtExit();
let wrong = 0;
process.stdout.write('| program | found | left out | seconds | |\n|---|---|---|---|---|\n');
for (const { file, role, fails } of DEFECTS.filter(defect => wanted.test(defect.file))) {
  const started = Date.now();
  const judged = await judge(role, words(`wrong/${file}`));
  const found = failed(judged);
  const leftOut = judged.outcomes.filter(({ verdict }) => verdict === 'left out').length;
  const asExpected = [...fails].sort().join() === found.toSorted().join();
  if (!asExpected) wrong++;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const comment = asExpected ? 'as it should' : `expected ${fails.join(', ')}`;
  process.stdout.write(
    `| ${role} ${file} | ${found.join(', ') || 'nothing'} | ${leftOut} | ${seconds} | ${comment} |\n`,
  );
}
process.exit(wrong === 0 ? 0 : 1);
