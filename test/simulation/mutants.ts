/**
 * Whether the simulation finds what it is for: puts known faults, one line each, into a copy of the
 * source, and prints after how many seeds each is found.
 *
 *   npm run test:mutants
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly line: string;
  readonly becomes: string;
}

const MUTANTS: readonly Mutant[] = [
  {
    what: 'a set that becomes empty has 4294967264 as nfds',
    file: 'src/sockets/select.ts',
    line: 'let index = ((this.#nfds + 31) >>> 5) - 1;',
    becomes: 'let index = (this.#nfds - 1) >>> 5;',
  },
  {
    what: 'a client that has its replies is still watched for writing',
    file: 'src/serving/select/session.ts',
    line: '    this.#loop.unwatchWrites(this);\n    if (this.#hasInput) {',
    becomes: '    if (this.#hasInput) {',
  },
  {
    what: 'the timer of a pause is not cancelled when more comes',
    file: 'src/serving/select/session.ts',
    line: '    this.#cancelPauseTimer();\n    this.#hasInput',
    becomes: '    this.#hasInput',
  },
  {
    what: 'a pause ends a message without a check for the rest of it',
    file: 'src/serving/select/session.ts',
    line: 'this.#attempt(() => this.#receive(true));',
    becomes: 'this.#attempt(() => { this.#conversation.pause(); this.#answer(); });',
  },
  {
    what: 'ENOMEM of select is taken for a programming error',
    file: 'src/sockets/system-error.ts',
    line: "  'EBADF',",
    becomes: "  'ENOMEM',\n  'EBADF',",
  },
  {
    what: 'a closed descriptor stays in the sets',
    file: 'src/serving/select/session.ts',
    line: '    this.#loop.unwatch(this);\n    this.#socket.close();',
    becomes: '    this.#socket.close();',
  },
  {
    what: 'what a short send left over is forgotten',
    file: 'src/serving/select/session.ts',
    line: 'if (sent < replies.length) {',
    becomes: 'if (sent === 0) {',
  },
  {
    what: 'accepting does not go on after a failure',
    file: 'src/serving/acceptor.ts',
    line: 'if (!this.#isStopped) loop.watchReads(this);',
    becomes: '',
  },
  {
    what: 'a client is refused because of one that has left in the same tick',
    file: 'src/serving/acceptor.ts',
    line: 'const mayRefuse = this.#hasScanned;',
    becomes: 'const mayRefuse = true;',
  },
  {
    what: 'a refused client gets only what one send takes',
    file: 'src/serving/lingering-close.ts',
    line: 'if (this.#unsent.length > 0) {',
    becomes: 'if (false) {',
  },
  {
    what: 'urgent data is not kept in the stream',
    file: 'src/serving/listener.ts',
    line: "listener.setOption('outOfBandInline', 1);",
    becomes: '',
  },
];

const SEEDS = '20000';
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json'];

const run = promisify(execFile);
const rows: string[] = [];
let missed = 0;
for (const mutant of MUTANTS) {
  const found = await seedsUntilFound(mutant);
  if (found === undefined) missed++;
  rows.push(`| ${mutant.what} | \`${mutant.file}\` | ${found ?? 'not found'} |`);
  console.log(rows.at(-1));
}
console.log(`\n| fault | in | found by seed |\n| --- | --- | --- |\n${rows.join('\n')}`);
process.exitCode = missed === 0 ? 0 : 1;

/** @returns the first seed that fails, and how; undefined when none does. */
async function seedsUntilFound({ file, line, becomes }: Mutant): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'calcd-mutant-'));
  try {
    for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const source = readFileSync(join(folder, file), 'utf8');
    if (source.split(line).length !== 2) throw new Error(`not once in ${file}: ${line}`);
    writeFileSync(join(folder, file), source.replace(line, becomes));
    const words = ['--import', 'tsx', 'test/simulation/run.ts', '--seeds', SEEDS, '--jobs', '1'];
    await run(process.execPath, words, { cwd: folder, maxBuffer: 2 ** 26 });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const [, seed, how] = /^SEED=(\d+): (.*)$/m.exec(stderr ?? '') ?? [];
    if (seed === undefined) throw error;
    return `${seed}: ${how}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
