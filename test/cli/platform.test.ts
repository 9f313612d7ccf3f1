/** Where calcd cannot run, it prints one line: on Windows, and on runtimes other than Node. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { calcd, run } from '../support/calcd.ts';

/** An environment in which Node first loads what makes it look like another platform. */
function preloaded(fixture: string): { env: NodeJS.ProcessEnv } {
  const url = new URL(`fixtures/${fixture}.mjs`, import.meta.url);
  return { env: { ...process.env, NODE_OPTIONS: `--import ${url}` } };
}

const ELSEWHERE: [where: string, fixture: string, complaint: RegExp][] = [
  [
    'Windows',
    'windows',
    /^unsupported system: win32 on \w+; .* need Linux or macOS \(on Windows: WSL\)$/,
  ],
  ['Bun', 'bun', /^unsupported runtime: Bun; .* run them with Node 20 or later$/],
  ['a runtime without libuv', 'no-libuv', /^unsupported runtime: not Node; .*$/],
];

describe('where calcd cannot run', { concurrency: 2 }, () => {
  for (const [where, fixture, complaint] of ELSEWHERE) {
    for (const words of [['server1'], ['server2'], ['server3'], ['server4'], ['try']]) {
      it(`is one line for ${words[0]} on ${where}`, async t => {
        const address = words[0] === 'try' ? [] : ['127.0.0.1', '0'];
        const refused = calcd(t, [...words, ...address], preloaded(fixture));
        const [, text] = /^calcd: (.*)\n$/.exec(await refused.stderr.rest()) ?? [];
        assert.match(text ?? '', complaint);
        assert.equal(await refused.exit(), 1);
      });
    }
  }

  it('throws in a program that imports calcd/sockets', async t => {
    const importing = `import('calcd/sockets').catch(({ name, message }) => console.log(name, message))`;
    const words = [execPath, '--input-type=module', '--eval', importing];
    const shown = await run(t, words, preloaded('windows')).stdout.rest();
    assert.match(shown, /^UnsupportedPlatform unsupported system: win32 on /);
  });

  it('still shows its help', async t => {
    const help = calcd(t, ['--help'], preloaded('windows'));
    assert.match(await help.stdout.rest(), /^Usage: calcd /);
  });
});

describe('the manifest', () => {
  const { os, scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

  it('names the systems', () => assert.deepEqual(os, ['linux', 'darwin']));

  it('has nothing that only a shell of Unix knows among what an installation runs', () => {
    assert.equal(scripts.prepare, 'npm run build');
    assert.match(scripts.build, /^node [\w./ -]+$/);
  });
});
