/**
 * The wrong programs, and the checks that must fail for each, and no others. Checks that need a failed
 * one are skipped and are not listed here.
 */
import type { Role } from '../../src/judge/check.ts';

export interface Defect {
  /** A file in programs/wrong/. */
  readonly file: string;
  readonly role: Role;
  /** The checks that fail: first the one for this defect, then those that must fail with it. */
  readonly fails: readonly [string, ...string[]];
}

function defect(role: Role, file: string, ...fails: [string, ...string[]]): Defect {
  return { file, role, fails };
}

export const DEFECTS: readonly Defect[] = [
  defect('server3', 'off-by-one.py', 'answers'),
  // Both need a buffer that collects a message.
  defect('server3', 'no-framing.py', 'two-in-one', 'one-in-two'),
  defect('server3', 'takes-pieces.py', 'one-in-two'),
  defect('server3', 'small-messages.py', 'long-message'),
  // A server that evaluates code evaluates powers too.
  defect('server3', 'evaluates-code.py', 'code-injection', 'endless-calculation'),
  // JavaScript's numbers are binary fractions, and 9**9**9 is Infinity at once.
  defect('server3', 'evaluates-javascript.mjs', 'code-injection', 'big-numbers'),
  defect('server2', 'unbounded-power.py', 'endless-calculation'),
  defect('server3', 'dies-of-reset.py', 'reset'),
  defect('server3', 'dies-of-broken-pipe.py', 'leaves-early'),
  defect('server3', 'dies-of-bytes.py', 'invalid-bytes'),
  defect('server3', 'silent-on-bytes.py', 'invalid-bytes'),
  defect('server3', 'dies-of-zero.py', 'division-by-zero'),
  defect('server2', 'thread-dies-of-zero.py', 'division-by-zero'),
  defect('server3', 'zero-for-zero.py', 'division-by-zero'),
  defect('server3', 'number-for-invalid.py', 'invalid-input'),
  defect('server3', 'wrong-when-zero.py', 'arithmetic'),
  defect('server3', 'needs-spaces.py', 'no-spaces'),
  // A calculator that takes only two operands needs no precedence.
  defect('server3', 'two-operands.py', 'several-operands', 'precedence'),
  defect('server3', 'left-to-right.py', 'precedence'),
  defect('server3', 'whole-operands.py', 'decimals'),
  defect('server3', 'whole-quotients.py', 'quotients'),
  defect('server3', 'no-signs.py', 'negative-numbers'),
  defect('server3', 'one-message.py', 'keeps-talking'),
  defect('server3', 'hangs-up-on-empty.py', 'empty-message'),
  defect('server3', 'chokes-on-padding.py', 'line-ends'),
  defect('server3', 'ends-with-first-client.py', 'next-client'),
  defect('server3', 'all-leave-together.py', 'come-and-go'),
  defect('server3', 'dies-of-silent-visit.py', 'silent-visits'),
  defect('server3', 'drops-at-half-close.py', 'half-close'),
  defect('server3', 'port-in-use-traceback.py', 'port-in-use-cleanly'),
  defect('server3', 'port-in-use-exit-0.py', 'port-in-use-cleanly'),
  defect('server3', 'port-in-use-runs-on.py', 'port-in-use'),
  defect('server3', 'shares-its-port.py', 'port-in-use'),
  defect('server3', 'cannot-restart.py', 'restart'),
  defect('server2', 'waits-for-threads.py', 'ctrl-c-while-serving'),
  defect('server3', 'ignores-ctrl-c.py', 'ctrl-c'),
  defect('server3', 'shows-nothing.py', 'display'),
  defect('server2', 'one-after-the-other.py', 'at-once'),
  defect('server2', 'select-in-place-of-threads.py', 'worker-per-client'),
  defect('server3', 'threads-in-place-of-select.py', 'single-process'),
  defect('server3', 'ten-clients.py', 'many-clients'),
  defect('server2', 'mixes-clients.py', 'many-clients'),
  defect('server3', 'leaks-descriptors.py', 'leaks'),
  defect('server2', 'leaks-threads.py', 'leaks'),
  defect('server2', 'leaks-zombies.py', 'leaks'),
  defect('server3', 'busy-loop.py', 'rests'),
  defect('server3', 'endless-inbox.py', 'bounded-message'),
  defect('server4', 'endless-outbox.py', 'bounded-replies'),
  defect('server4', 'waits-for-the-deaf.py', 'deaf-client'),
  defect('server4', 'writes-without-end.mjs', 'bounded-replies'),
  defect('server4', 'echo-strips.py', 'echo-exact'),
  defect('server4', 'echo-decodes.py', 'echo-bytes'),
  defect('server4', 'echo-evaluates.py', 'echo'),
  defect('server4', 'echo-sends-a-part.py', 'echo-large'),
  // A buffer that is too small for 4 KB is too small for 256 KiB.
  defect('server4', 'echo-cuts.py', 'echo-4k', 'echo-large'),
  defect('server1', 'second-client-waits.py', 'second-client'),
  defect('server1', 'second-client-served.py', 'second-client'),
  defect('server1', 'refuses-for-ever.py', 'second-client-later'),
  // The correct server in JavaScript takes only two operands, and its numbers are binary fractions.
  defect(
    'server3',
    'dies-of-socket-error.mjs',
    'reset',
    'several-operands',
    'precedence',
    'big-numbers',
  ),
  defect('client', 'client-sends-nothing.py', 'connects'),
  defect('client', 'client-calculates.py', 'shows-replies'),
  defect('client', 'client-hides-errors.py', 'shows-errors'),
  defect('client', 'client-asks-once.py', 'goes-on'),
  defect('client', 'client-without-prompt.py', 'prompts'),
  defect('client', 'client-prompts-late.py', 'prompts'),
  defect('client', 'client-ignores-ctrl-c.py', 'ctrl-c'),
  defect('client', 'client-waits-through-ctrl-c.py', 'ctrl-c-while-waiting'),
  defect('client', 'client-refused-traceback.py', 'refused'),
  defect('client', 'client-takes-end-for-reply.py', 'server-leaves'),
  defect('client', 'client-shrugs-at-end.py', 'server-leaves-at-prompt'),
  defect('client', 'client-floods-at-end.py', 'end-of-input'),
  defect('client', 'client-hangs-on-empty.py', 'empty-line'),
  defect('client', 'client-one-behind.py', 'greeting'),
  defect('client', 'client-small-buffer.py', 'long-reply'),
  defect('client', 'client-prints-escapes.py', 'terminal-safe'),
];
