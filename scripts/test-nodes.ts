/**
 * Whether an install of the package works on every Node it promises: packs it, installs it in an
 * empty folder with each Node's own hands, and runs what a user runs. The Nodes come from npm.
 */
import { execFile, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

const VERSIONS = [20, 22, 24, 26];
const SERVERS: Record<string, string> = {
  server1: '66',
  server2: '66',
  server3: '66',
  server4: '22 + 44',
};

/** Far longer than anything here takes. */
const DEADLINE_MS = 120_000;

/** A program that imports the library. */
const CONSUMER = 'test/package/consumer.ts';

const run = promisify(execFile);

/** A Node to be tested, and the folder that the package is installed in. */
interface Installation {
  readonly node: string;
  readonly folder: string;
}

type Check = (installation: Installation) => Promise<string>;

const CHECKS: Record<string, Check> = {
  'calcd --version': async installation => (await calcd(installation, '--version')).trim(),
  ...Object.fromEntries(
    Object.entries(SERVERS).flatMap(([name, reply]): [string, Check][] => [
      [name, installation => askServer(installation, [cli(installation.folder), name], reply)],
      [`src/${name}.ts`, installation => askSource(installation, `src/${name}.ts`, reply)],
    ]),
  ),
  types: async ({ node, folder }) => {
    await run(node, [resolve('node_modules/typescript/bin/tsc'), '-p', folder], {
      timeout: DEADLINE_MS,
    });
    return 'ok';
  },
  import: async ({ node, folder }) => {
    await run(node, ['consumer.js'], { cwd: folder, timeout: DEADLINE_MS });
    return 'ok';
  },
};

function calcd({ node, folder }: Installation, ...words: string[]): Promise<string> {
  const running = run(node, [cli(folder), ...words], { timeout: DEADLINE_MS });
  running.child.stdin?.end('22 + 44\n');
  return running.then(({ stdout }) => stdout);
}

const cli = (folder: string): string => join(folder, 'node_modules/calcd/dist/cli.js');

/** The program as it stands in the repository: Node reads TypeScript since 22.18. */
async function askSource(installation: Installation, file: string, reply: string): Promise<string> {
  const { stdout } = await run(installation.node, ['-p', 'Boolean(process.features.typescript)']);
  return stdout === 'true\n' ? askServer(installation, [file], reply) : 'with tsx';
}

/** @param program the words that start it, without an address. */
async function askServer(
  installation: Installation,
  program: readonly string[],
  reply: string,
): Promise<string> {
  const words = [...program, '127.0.0.1', '0'];
  const stdio: StdioOptions = ['ignore', 'pipe', 'inherit'];
  const server = spawn(installation.node, ['--no-warnings', ...words], { stdio });
  const exit = once(server, 'exit');
  const killer = setTimeout(() => server.kill('SIGKILL'), DEADLINE_MS);
  try {
    const [line] = await once(createInterface(server.stdout as Readable), 'line');
    const port = /:(\d+)$/.exec(line)?.[1] ?? '';
    const replied = await calcd(installation, 'client', '--quiet', '127.0.0.1', port);
    if (replied !== `${reply}\n`) throw new Error(`replied ${JSON.stringify(replied)}`);
    server.kill('SIGTERM');
    const [code, signal] = await exit;
    if (code !== 0) throw new Error(`exit ${code ?? signal}`);
    return 'ok';
  } finally {
    server.kill('SIGKILL');
    clearTimeout(killer);
  }
}

/** npm, run by the Node of that folder, as its user would. */
async function npm(node: string, folder: string, ...words: string[]): Promise<void> {
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const npmCli = process.env.npm_execpath;
  if (!npmCli) throw new Error('run me by npm: npm run test:nodes');
  await run(node, [npmCli, ...words, '--no-audit', '--no-fund', '--no-save'], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    timeout: DEADLINE_MS,
  });
}

async function install(version: number, tarball: string, root: string): Promise<Installation> {
  const name = `node-${process.platform}-${process.arch}`;
  const nodes = join(root, `node${version}`);
  const folder = join(root, `user${version}`);
  for (const empty of [nodes, folder]) mkdirSync(empty);
  await npm(process.execPath, nodes, 'install', '--prefix', nodes, `${name}@${version}`);
  const node = join(nodes, 'node_modules', name, 'bin/node');
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  await npm(node, folder, 'install', '--prefix', folder, tarball);
  copyFileSync(CONSUMER, join(folder, 'consumer.ts'));
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  return { node, folder };
}

/** A row of the table: the Node's own version, and what each check says. */
async function judge(version: number, tarball: string, root: string): Promise<string[]> {
  const installation = await install(version, tarball, root);
  const { stdout } = await run(installation.node, ['--version']);
  const results: string[] = [stdout.trim()];
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      results.push(await check(installation));
    } catch (error) {
      process.exitCode = 1;
      results.push('FAILED');
      console.error(`Node ${version}, ${name}:`, error);
    }
  }
  return results;
}

const root = mkdtempSync(join(tmpdir(), 'calcd-nodes-'));
try {
  await npm(process.execPath, '.', 'pack', '--pack-destination', root);
  const [tarball] = readdirSync(root).map(file => join(root, file)) as [string];
  const rows = [['Node', ...Object.keys(CHECKS)]];
  for (const version of VERSIONS) rows.push(await judge(version, tarball, root));
  for (const row of rows) console.log(row.map(cell => cell.padEnd(18)).join(''));
} finally {
  rmSync(root, { recursive: true, force: true });
}
