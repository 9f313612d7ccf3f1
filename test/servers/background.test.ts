/** A server with --until-eof in the background of a terminal, where others read what is typed. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { it } from 'node:test';
import { CLI, run } from '../support/calcd.ts';
import { eventually } from '../support/deadline.ts';
import { unlessInstalled, unlessLinux } from '../support/installed.ts';
import { Peer } from '../support/peer.ts';
import { CTRL_C, CTRL_D, unlessTerminals } from '../support/terminal.ts';

const skip = unlessLinux || unlessTerminals || unlessInstalled('bash', '--version');

it('is not stopped when something is typed, and ends on Ctrl+D once it is in the foreground', {
  skip,
}, async t => {
  const shell = run(t, ['script', '-qefc', 'bash --norc --noprofile -i', '/dev/null'], {
    env: { ...process.env, HISTFILE: '/dev/null', TERM: 'dumb' },
  });
  shell.type(`'${execPath}' '${CLI}' server3 --quiet --until-eof 127.0.0.1 0 &\n`);
  const started = await shell.stdout.textUntil('Serving at most');
  const pid = Number(/\[1\] (\d+)/.exec(started)?.[1]);
  t.after(() => endProcess(pid));
  const peer = await Peer.connect(t, Number(/listening on .*:(\d+)/.exec(started)?.[1]));

  // What is typed before the shell has given the terminal away, the shell itself takes, Ctrl+C too.
  shell.type(`bash -c "echo 'is'' reading nothing'; exec sleep 600"\n`);
  await shell.stdout.textUntil('is reading nothing');
  shell.type('for nobody\n');
  await shell.stdout.textUntil('for nobody');
  for (const reply of ['1', '2', '3']) {
    peer.send(`${reply}\n`);
    assert.equal(await peer.received.line(), reply);
  }

  shell.type(CTRL_C);
  await shell.stdout.textUntil('bash-');
  shell.type('fg\n');
  await shell.stdout.textUntil('--until-eof');
  await eventually(() => {
    shell.type(CTRL_D);
    return !isRunning(pid);
  }, 'the server to end');
  await shell.stdout.textUntil('end of standard input: shutting down');
  await shell.stdout.textUntil('Server stopped');
});

function endProcess(pid: number): void {
  if (isRunning(pid)) process.kill(pid, 'SIGKILL');
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
