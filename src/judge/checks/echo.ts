/** What the echo server must reply: the same bytes, whatever they are and however many. */
import { Buffer } from 'node:buffer';
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import type { Check } from '../check.ts';

const TEXTS = ['hello', '9 + 8', 'Hello, World!', 'a', '1 / 0'];
const EXACT = ['  two spaces before and after  ', 'a\tb', 'MiXeD cAsE', 'ends with CR\r'];

/** Every byte except LF, which may end a message. */
const BYTES = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte).filter(byte => byte !== 10),
);
const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0xc3]);
const KILOBYTES_4 = Buffer.alloc(4000, 'TheQuickBrownFoxJumpsOverTheLazyDog');
const KILOBYTES_256 = Buffer.alloc(256 * 1024, 'TheQuickBrownFoxJumpsOverTheLazyDog');

const ASKS = '"replies the same message to the client that was received from the same client"';

export const ECHO: Check<ServerAttempt>[] = [
  {
    name: 'echo',
    roles: ['server4'],
    level: 'required',
    sharesProgram: true,
    needs: ['keeps-talking'],
    asks: ASKS,
    why: 'This is what the server is for. An expression comes back unchanged, too.',
    hint: 'Pass to send exactly what recv returned.',
    run: attempt => expectEchoes(attempt, TEXTS),
  },
  {
    name: 'echo-exact',
    roles: ['server4'],
    level: 'required',
    sharesProgram: true,
    needs: ['echo'],
    asks: ASKS,
    why: 'The same message has the same spaces.',
    hint: 'Remove calls of strip, trim or upper, and any text put before the message.',
    run: attempt => expectEchoes(attempt, EXACT),
  },
  {
    name: 'echo-bytes',
    roles: ['server4'],
    level: 'robustness',
    sharesProgram: true,
    needs: ['echo'],
    asks: 'Bytes that are not text come back too.',
    why: 'An echo does not need to understand the bytes. Decoding them fails if they are not UTF-8.',
    hint: 'Remove decode() and encode(). An echo needs neither.',
    run: attempt => expectEchoes(attempt, [BYTES, NOT_UTF8]),
  },
  {
    name: 'echo-large',
    roles: ['server4'],
    level: 'robustness',
    sharesProgram: true,
    needs: ['echo'],
    asks: 'A message of 256 KiB comes back whole.',
    why: 'send() may send only a part. It returns how many bytes it has sent.',
    hint: 'Use the value that send returns, or sendall in Python.',
    run: attempt => expectEchoes(attempt, [KILOBYTES_256]),
  },
  {
    name: 'echo-4k',
    roles: ['server4'],
    level: 'optional',
    sharesProgram: true,
    needs: ['echo'],
    asks: 'A message of 4 KB comes back whole.',
    why: 'It is longer than most buffers.',
    hint: 'Check the size given to recv, and what happens to the rest of the message.',
    run: attempt => expectEchoes(attempt, [KILOBYTES_4]),
  },
];

async function expectEchoes(
  attempt: ServerAttempt,
  messages: readonly (string | Buffer)[],
): Promise<void> {
  const server = await attempt.start();
  const client = await server.connect();
  for (const message of messages) await client.expectEcho(message);
}
